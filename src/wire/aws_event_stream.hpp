#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <antiphon/error.hpp>

#include "wire/aws_header.hpp"
#include "wire/line_buffer.hpp"

namespace antiphon::inline v0::wire {

/// A message of `application/vnd.amazon.eventstream`. It lives until the decoder is fed or asked again;
/// `json_padding` bytes behind the end of `payload` are readable.
struct AwsFrame {
  AwsHeaders headers;
  std::string_view payload;
  // What the headers of these names say; empty when there are none.
  std::string_view message_type;
  std::string_view event_type;
};

/// Reads `application/vnd.amazon.eventstream`: frames with a length, a checksum of it, headers, a payload and a
/// checksum of all. Takes any split of the bytes, and believes no length before its checksum.
class AwsEventStreamDecoder {
 public:
  /// The most that the headers of a frame may take, by the protocol.
  static constexpr std::size_t most_header_bytes = std::size_t{128} << 10;

  /// A frame longer than `max_frame_bytes`, headers and checksums included, is an error.
  explicit AwsEventStreamDecoder(std::size_t max_frame_bytes) : max_frame_bytes_(max_frame_bytes) {}

  void feed(std::string_view bytes);
  /// The next complete frame; nothing until more is fed, or after an error.
  std::optional<AwsFrame> next();
  /// No more bytes will come; a frame that is not complete is an error now.
  void end() { ended_ = true; }

  /// Why no more frames come: `protocol`, `truncated` or `response_too_large`. `where()` is the frame, counted from 0,
  /// and the part of it: `frames/3/headers/1`.
  const std::optional<Error>& error() const { return error_; }

 private:
  struct Prelude {
    std::size_t total;
    std::size_t headers;
  };
  void read_prelude();
  bool take_headers(std::string_view block);
  void judge_rest();
  void fail(ErrorKind kind, const std::string& part, const std::string& what);

  std::size_t max_frame_bytes_;
  LineBuffer buffer_;
  std::optional<Prelude> prelude_;  ///< of the frame that waits, once it was checked
  // Frame after frame has the same headers, so those of the last are remembered, and what they say.
  std::string headers_;
  std::string message_type_;
  std::string event_type_;
  std::uint64_t frames_ = 0;
  std::uint64_t bytes_ = 0;  ///< in the frames before
  bool ended_ = false;
  std::optional<Error> error_;
};

}  // namespace antiphon::inline v0::wire
