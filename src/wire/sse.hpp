#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wire/line_buffer.hpp"

namespace antiphon::inline v0::wire {

/// A server-sent event. The views live until the decoder is fed or asked again; `json_padding` bytes behind the end
/// of `data` are readable.
struct SseEvent {
  std::string_view type;  ///< empty when the event names none
  std::string_view data;
};

/// Reads `text/event-stream` by the WHATWG grammar, with the deviations that LLM servers need: the last event counts
/// without its blank line, `id` is ignored, and an `error` field, as llama.cpp sent it until the autumn of 2025, is an
/// event of that type. Takes any split of the bytes.
class SseDecoder {
 public:
  /// An event longer than `max_event_bytes` (its data, or any one line) puts the decoder into `too_large`. Comments
  /// may have any length.
  explicit SseDecoder(std::size_t max_event_bytes) : max_event_bytes_(max_event_bytes) {}

  void feed(std::string_view bytes);
  /// The next complete event; nothing until more is fed.
  std::optional<SseEvent> next();
  /// No more bytes will come; `next` then gives the pending event, if there is one.
  void end() { ended_ = true; }

  /// No more events come.
  bool too_large() const { return too_large_; }
  /// Milliseconds of the last `retry:` line.
  std::optional<long> retry() const { return retry_; }

 private:
  SseEvent plain_event();
  std::string_view plain_type_line(std::string_view text);
  bool skip_mark();
  /// Without data when there is none: that travels in registers, where an `optional` would not.
  std::string_view next_line();
  std::size_t find_line_end();
  std::size_t find_carriage_return();
  void consume(std::size_t size);
  void take_line(std::string_view line);
  void add_data(std::string_view value);
  /// Copies a pending data line out of the buffer, which may move now.
  void keep_data();
  SseEvent give_event();
  void forget_event();
  void give_up();

  std::size_t max_event_bytes_;
  LineBuffer buffer_;
  std::size_t without_cr_ = 0;  ///< no CR is in this many bytes that wait
  bool at_start_ = true;
  bool after_cr_ = false;    ///< a LF that comes now belongs to the line before
  bool in_comment_ = false;  ///< the beginning of this line is a comment, and already gone
  bool ended_ = false;
  bool too_large_ = false;

  bool has_data_ = false;
  bool kept_ = false;      ///< the data is in `joined_`, else where it came
  std::string_view data_;  ///< only inside `next`
  std::string joined_;
  std::string type_;
  std::string type_line_;  ///< that one of the last events began with
  bool given_ = false;
  std::optional<long> retry_;
};

}  // namespace antiphon::inline v0::wire
