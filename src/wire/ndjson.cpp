#include "wire/ndjson.hpp"

#include "core/ascii.hpp"

namespace antiphon::inline v0::wire {

void NdjsonDecoder::feed(std::string_view bytes) {
  if (!too_large_ && !ended_) buffer_.append(bytes);
}

std::optional<std::string_view> NdjsonDecoder::next() {
  while (auto line = next_line()) {
    if (line->ends_with('\r')) line->remove_suffix(1);
    if (!ascii::is_blank(*line)) return line;
  }
  return std::nullopt;
}

std::optional<std::string_view> NdjsonDecoder::next_line() {
  const std::string_view waiting = buffer_.text();
  const std::size_t line_feed = buffer_.find_line_feed();
  const std::string_view line = waiting.substr(0, line_feed);
  if (line.size() > max_line_bytes_) {
    too_large_ = true;
    buffer_.clear();
    return std::nullopt;
  }
  const bool complete = line_feed != LineBuffer::npos;
  if (!complete && (!ended_ || line.empty())) return std::nullopt;
  buffer_.consume(complete ? line.size() + 1 : line.size());
  return line;
}

}  // namespace antiphon::inline v0::wire
