#include <algorithm>

#include "framing.hpp"

namespace antiphon::inline v0::simulator {
namespace {

/// Cuts JSON text into at most `count` lines, between its tokens.
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

/// Where the closing quote is, or the end of the text.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  return std::min(end, text.size());
}

/// The `type` of a JSON object, which need not be whole; empty when it has none.
std::string type_of_event(std::string_view data) {
  constexpr std::string_view blanks = " \t\r\n";
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

class SseFramer : public Framer {
 public:
  SseFramer(std::string line_end, bool typed, const FramingFault& fault)
      : line_end_(std::move(line_end)), has_types_(typed && !fault.missing_event_lines), fault_(fault) {}

  std::string frame(const Event& event, bool last) override {
    std::string out;
    out.reserve(event.data.size() + 32);
    if (fault_.bom && !begun_) out += byte_order_mark;
    begun_ = true;
    if (fault_.comment) out += ": " + *fault_.comment + line_end_;
    append_event(out, event.data);
    if (last && fault_.missing_line_end) {
      out.resize(out.size() - line_end_.size());
    } else if (!(last && fault_.missing_blank_line)) {
      out += line_end_;
    }
    return out;
  }

  std::string ping(const std::string& event) const override {
    std::string out;
    if (event.empty()) {
      out = ": ping" + line_end_;
    } else {
      append_event(out, event);
    }
    return out + line_end_;
  }

 private:
  void append_event(std::string& out, const std::string& data) const {
    const std::string type = has_types_ ? type_of_event(data) : "";
    if (!type.empty()) out += "event: " + type + line_end_;
    append_data(out, data);
  }

  void append_data(std::string& out, const std::string& data) const {
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

  std::string line_end_;
  bool has_types_;
  const FramingFault& fault_;
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<Framer> sse_framer(std::string line_end, bool typed, const FramingFault& fault) {
  return std::make_unique<SseFramer>(std::move(line_end), typed, fault);
}

}  // namespace antiphon::inline v0::simulator
