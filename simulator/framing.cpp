#include "framing.hpp"

#include <algorithm>

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string line_end_of(LineEnd end) {
  switch (end) {
    case LineEnd::crlf:
      return "\r\n";
    case LineEnd::cr:
      return "\r";
    case LineEnd::lf:
      break;
  }
  return "\n";
}

constexpr std::string_view blanks = " \t\r\n";

/// Where the closing quote is, or the end of the text.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  return std::min(end, text.size());
}

}  // namespace

std::vector<std::string> split_json_lines(const std::string& text, std::uint64_t count) {
  std::vector<std::string> lines(1);
  const std::size_t wanted = std::max<std::size_t>(1, text.size() / count);
  bool in_string = false;
  bool escaped = false;
  for (char c : text) {
    lines.back() += c;
    if (escaped) {
      escaped = false;
    } else if (c == '\\') {
      escaped = in_string;
    } else if (c == '"') {
      in_string = !in_string;
    }
    const bool may_break = !in_string && (c == ',' || c == ':' || c == '{' || c == '[');
    if (may_break && lines.back().size() >= wanted && lines.size() < count) lines.emplace_back();
  }
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

std::string type_of_event(std::string_view data) {
  int depth = 0;
  bool is_type = false;
  for (std::size_t i = data.find_first_not_of(blanks); i < data.size(); i = data.find_first_not_of(blanks, i)) {
    const char c = data[i++];
    if (c == '"') {
      const std::size_t end = end_of_string(data, i);
      const std::string_view text = data.substr(i, end - i);
      if (is_type) return end < data.size() ? std::string(text) : "";
      i = end + 1;
      const std::size_t next = data.find_first_not_of(blanks, i);
      is_type = depth == 1 && text == "type" && next < data.size() && data[next] == ':';
      if (is_type) i = next + 1;
      continue;
    }
    is_type = false;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
  }
  return "";
}

Framer::Framer(Framing framing, const FramingFault& fault)
    : framing_(framing), fault_(fault), line_end_(line_end_of(fault.line_end)) {}

std::string Framer::frame(const std::string& data, bool last) {
  std::string out;
  out.reserve(data.size() + 16);
  if (fault_.bom && !begun_) out += byte_order_mark;
  begun_ = true;
  if (framing_ == Framing::lines) {
    out += data;
    if (!(last && fault_.missing_line_end)) out += line_end_;
    return out;
  }
  if (fault_.comment) out += ": " + *fault_.comment + line_end_;
  append_event(out, data);
  if (last && fault_.missing_line_end) {
    out.resize(out.size() - line_end_.size());
  } else if (!(last && fault_.missing_blank_line)) {
    out += line_end_;
  }
  return out;
}

void Framer::append_data(std::string& out, const std::string& data) const {
  const std::string_view field = fault_.data_without_space ? "data:" : "data: ";
  if (fault_.data_lines <= 1) {
    out += field;
    out += data;
    out += line_end_;
    return;
  }
  for (const std::string& line : split_json_lines(data, fault_.data_lines)) {
    out += field;
    out += line;
    out += line_end_;
  }
}

void Framer::append_event(std::string& out, const std::string& data) const {
  if (framing_ == Framing::typed_sse && !fault_.missing_event_lines) {
    if (const std::string type = type_of_event(data); !type.empty()) out += "event: " + type + line_end_;
  }
  append_data(out, data);
}

std::string Framer::ping(const std::string& event) const {
  if (framing_ == Framing::lines) return line_end_;
  if (event.empty()) return ": ping" + line_end_ + line_end_;
  std::string out;
  append_event(out, event);
  return out + line_end_;
}

}  // namespace antiphon::inline v0::simulator
