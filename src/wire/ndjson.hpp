#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "wire/line_buffer.hpp"

namespace antiphon::inline v0::wire {

/// Splits newline-delimited JSON into lines. Blank lines are skipped, a CR before the LF is dropped, the last line
/// counts without its LF. Takes any split of the bytes.
class NdjsonDecoder {
 public:
  /// A line longer than `max_line_bytes` puts the decoder into `too_large`.
  explicit NdjsonDecoder(std::size_t max_line_bytes) : max_line_bytes_(max_line_bytes) {}

  void feed(std::string_view bytes);
  /// The next complete line, with `json_padding` readable bytes behind it; lives until the decoder is fed or asked
  /// again.
  std::optional<std::string_view> next();
  /// No more bytes will come; `next` then also gives a last line without its LF.
  void end() { ended_ = true; }

  /// No more lines come.
  bool too_large() const { return too_large_; }

 private:
  std::optional<std::string_view> next_line();

  std::size_t max_line_bytes_;
  LineBuffer buffer_;
  bool ended_ = false;
  bool too_large_ = false;
};

}  // namespace antiphon::inline v0::wire
