#include "wire/sse.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>

namespace antiphon::inline v0::wire {

namespace {

std::string_view without_first_blank(std::string_view value) {
  return value.starts_with(' ') ? value.substr(1) : value;
}

constexpr char event_field[] = "event: ";

/// Comparing with a literal is a few instructions and no call.
template <std::size_t N>
bool starts_with(std::string_view text, const char (&literal)[N]) {
  return text.size() >= N - 1 && std::memcmp(text.data(), literal, N - 1) == 0;
}

}  // namespace

void SseDecoder::feed(std::string_view bytes) {
  if (!too_large_ && !ended_) buffer_.append(bytes);
}

std::optional<SseEvent> SseDecoder::next() {
  if (given_) forget_event();
  if (const SseEvent event = plain_event(); event.data.data() != nullptr) return event;
  for (std::string_view line = next_line(); line.data() != nullptr; line = next_line()) {
    if (!line.empty()) {
      take_line(line);
    } else if (has_data_) {
      return give_event();
    } else {
      type_.clear();
    }
  }
  if (has_data_ && ended_) return give_event();
  if (has_data_) keep_data();
  return std::nullopt;
}

/// An event as nearly all are: one line of data, perhaps the type before it, and all of it is there. Everything else is
/// left to `next_line`, and so is what was searched before: nothing may be searched again with each piece that comes.
SseEvent SseDecoder::plain_event() {
  if (has_data_ || at_start_ || after_cr_ || in_comment_ || !type_.empty() || buffer_.was_searched()) return {};
  const std::string_view text = buffer_.text();
  std::string_view rest = text.substr(0, find_carriage_return());
  const std::string_view type_line = plain_type_line(rest);
  rest.remove_prefix(type_line.size());
  constexpr char data[] = "data: ";
  if (!starts_with(rest, data)) return {};
  const std::size_t end = rest.find('\n');
  if (end > max_event_bytes_ || end == rest.npos || end + 1 == rest.size() || rest[end + 1] != '\n') return {};
  constexpr std::size_t both_line_feeds = 2;
  consume(static_cast<std::size_t>(rest.data() - text.data()) + end + both_line_feeds);
  const std::string_view type =
      type_line.empty() ? type_line : type_line.substr(sizeof event_field - 1, type_line.size() - sizeof event_field);
  return {type, std::string_view(rest.data() + sizeof data - 1, end + 1 - sizeof data)};
}

/// The line that tells the type, with its line feed; empty when a text begins with none. Event after event has the
/// same, which is compared sooner than its end is found.
std::string_view SseDecoder::plain_type_line(std::string_view text) {
  if (!type_line_.empty() && text.starts_with(type_line_)) return text.substr(0, type_line_.size());
  if (!starts_with(text, event_field)) return {};
  const std::size_t end = text.find('\n');
  if (end > max_event_bytes_ || end == text.npos) return {};
  const std::string_view line = text.substr(0, end + 1);
  constexpr std::size_t longest_kept = 128;
  if (line.size() <= longest_kept) type_line_ = line;
  return line;
}

bool SseDecoder::skip_mark() {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  const std::string_view text = buffer_.text().substr(0, mark.size());
  const bool is_mark = text == mark;
  if (!is_mark && mark.starts_with(text) && !ended_) return false;
  if (is_mark) consume(mark.size());
  at_start_ = false;
  return true;
}

std::string_view SseDecoder::next_line() {
  if (at_start_ && !skip_mark()) return {};
  if (after_cr_ && !buffer_.text().empty()) {
    if (buffer_.text().front() == '\n') consume(1);
    after_cr_ = false;
  }

  const std::string_view text = buffer_.text();
  const std::size_t end = find_line_end();
  const std::string_view line = text.substr(0, end);
  const bool comment = in_comment_ || line.starts_with(':');
  if (line.size() > max_event_bytes_ && !comment) {
    give_up();
    return {};
  }
  if (end != LineBuffer::npos) {
    after_cr_ = text[end] == '\r';
    consume(end + 1);
    in_comment_ = false;
    return comment ? std::string_view(":") : line;
  }
  if (comment) {
    in_comment_ = true;
    consume(line.size());
    return {};
  }
  if (!ended_ || line.empty()) return {};
  consume(line.size());
  return line;
}

std::size_t SseDecoder::find_line_end() { return std::min(buffer_.find_line_feed(), find_carriage_return()); }

std::size_t SseDecoder::find_carriage_return() {
  // Line feeds are many, carriage returns mostly none: those are looked for in all that waits, once.
  const std::string_view text = buffer_.text();
  without_cr_ = std::min(text.find('\r', without_cr_), text.size());
  return without_cr_ < text.size() ? without_cr_ : LineBuffer::npos;
}

void SseDecoder::consume(std::size_t size) {
  buffer_.consume(size);
  without_cr_ = without_cr_ > size ? without_cr_ - size : 0;
}

void SseDecoder::take_line(std::string_view line) {
  constexpr std::string_view data = "data:";
  if (line.starts_with(data)) return add_data(without_first_blank(line.substr(data.size())));
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = without_first_blank(line.substr(std::min(name.size() + 1, line.size())));
  if (name == "data") {
    add_data(value);
  } else if (name == "event") {
    type_ = value;
  } else if (name == "error") {
    type_ = name;
    add_data(value);
  } else if (name == "retry" && value.find_first_not_of("0123456789") == std::string_view::npos) {
    long milliseconds = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), milliseconds);
    if (read.ec == std::errc()) retry_ = milliseconds;
  }
}

void SseDecoder::add_data(std::string_view value) {
  if (!has_data_) {
    has_data_ = true;
    data_ = value;
    return;
  }
  keep_data();
  if (joined_.size() + 1 + value.size() > max_event_bytes_) return give_up();
  joined_.append(1, '\n').append(value);
}

void SseDecoder::keep_data() {
  if (kept_) return;
  joined_ = data_;
  kept_ = true;
}

SseEvent SseDecoder::give_event() {
  given_ = true;
  if (!kept_) return {type_, data_};
  const std::size_t size = joined_.size();
  joined_.append(json_padding, ' ');
  return {type_, std::string_view(joined_).substr(0, size)};
}

void SseDecoder::forget_event() {
  given_ = false;
  has_data_ = false;
  kept_ = false;
  type_.clear();
}

void SseDecoder::give_up() {
  too_large_ = true;
  forget_event();
  buffer_.clear();
  std::string().swap(joined_);
  std::string().swap(type_line_);
}

}  // namespace antiphon::inline v0::wire
