#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/padding.hpp"

namespace antiphon::inline v0::wire {

/// One server-sent event. The views live until the decoder is fed or asked again; `json_padding` bytes behind the end
/// of `data` are readable.
struct SseEvent {
  std::string_view type;  ///< empty when the event names none
  std::string_view data;
};

/// Reads `text/event-stream` by the WHATWG grammar, with the deviations of providers.md §0.2: the last event counts
/// without its blank line, `id` is ignored. Takes any split of the bytes.
class SseDecoder {
 public:
  /// An event longer than `max_event_bytes` (its data, and any one line) puts the decoder into `too_large`.
  explicit SseDecoder(std::size_t max_event_bytes) : max_event_bytes_(max_event_bytes) {}

  void feed(std::string_view bytes);
  /// The next complete event; nothing until more is fed.
  std::optional<SseEvent> next();
  /// No more bytes will come; `next` then gives the pending event, if there is one.
  void end();

  bool too_large() const { return too_large_; }
  /// Milliseconds of the last `retry:` line.
  std::optional<long> retry() const { return retry_; }

 private:
  std::size_t max_event_bytes_;
  std::string buffer_;
  std::size_t position_ = 0;
  bool too_large_ = false;
  std::optional<long> retry_;
};

}  // namespace antiphon::inline v0::wire
