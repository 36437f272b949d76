#include "wire/aws_event_stream.hpp"

#include "wire/big_endian.hpp"
#include "wire/crc32.hpp"

namespace antiphon::inline v0::wire {

namespace {

constexpr std::size_t length_size = 4;
constexpr std::size_t sum_size = 4;
constexpr std::size_t prelude_size = 2 * length_size + sum_size;
constexpr std::size_t least_frame = prelude_size + sum_size;

/// A length or a checksum.
std::uint32_t read_number(std::string_view bytes, std::size_t at) {
  return big_endian<std::uint32_t>(bytes.substr(at));
}

std::string in_hex(std::uint32_t sum) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += digits[sum >> shift & 0xf];
  return text;
}

std::string wrong_sum(std::uint32_t said, std::uint32_t found) {
  return "the checksum is " + in_hex(said) + ", the bytes give " + in_hex(found);
}

}  // namespace

void AwsEventStreamDecoder::feed(std::string_view bytes) {
  if (!error_ && !ended_) buffer_.append(bytes);
}

std::optional<AwsFrame> AwsEventStreamDecoder::next() {
  if (error_) return std::nullopt;
  if (!prelude_) read_prelude();
  const std::string_view waiting = buffer_.text();
  if (!prelude_ || waiting.size() < prelude_->total) {
    judge_rest();
    return std::nullopt;
  }
  const Prelude prelude = *prelude_;
  const std::size_t sum_at = prelude.total - sum_size;
  const std::uint32_t said = read_number(waiting, sum_at);
  const std::uint32_t found = crc32(waiting.substr(0, sum_at));
  if (said != found) {
    fail(ErrorKind::protocol, "/checksum", wrong_sum(said, found));
    return std::nullopt;
  }
  const std::string_view headers = waiting.substr(prelude_size, prelude.headers);
  if (headers != headers_ && !take_headers(headers)) return std::nullopt;
  const std::size_t payload_at = prelude_size + prelude.headers;
  buffer_.consume(prelude.total);
  prelude_.reset();
  ++frames_;
  bytes_ += prelude.total;
  return AwsFrame{AwsHeaders(headers), waiting.substr(payload_at, sum_at - payload_at), message_type_, event_type_};
}

/// Leaves `prelude_` empty when it is not there yet, or is wrong.
void AwsEventStreamDecoder::read_prelude() {
  const std::string_view waiting = buffer_.text();
  if (waiting.size() < prelude_size) return;
  const Prelude prelude{.total = read_number(waiting, 0), .headers = read_number(waiting, length_size)};
  const std::uint32_t said = read_number(waiting, 2 * length_size);
  const std::uint32_t found = crc32(waiting.substr(0, 2 * length_size));
  if (said != found) {
    fail(ErrorKind::protocol, "/prelude", wrong_sum(said, found));
  } else if (prelude.total < least_frame || prelude.headers > prelude.total - least_frame) {
    fail(ErrorKind::protocol, "/prelude",
         "headers of " + std::to_string(prelude.headers) + " bytes do not fit a frame of " +
             std::to_string(prelude.total));
  } else if (prelude.headers > most_header_bytes) {
    fail(ErrorKind::protocol, "/headers",
         "headers of " + std::to_string(prelude.headers) + " bytes, the protocol allows " +
             std::to_string(most_header_bytes));
  } else if (prelude.total > max_frame_bytes_) {
    fail(ErrorKind::response_too_large, "",
         "a frame of " + std::to_string(prelude.total) + " bytes, at most " + std::to_string(max_frame_bytes_) +
             " are allowed");
  } else {
    prelude_ = prelude;
  }
}

bool AwsEventStreamDecoder::take_headers(std::string_view block) {
  AwsHeaderReader reader(block);
  std::size_t count = 0;
  while (reader.next()) ++count;
  if (reader.fault()) {
    fail(ErrorKind::protocol, "/headers/" + std::to_string(count), reader.fault());
    return false;
  }
  const AwsHeaders checked(block);
  headers_ = block;
  message_type_ = checked.text(":message-type");
  event_type_ = checked.text(":event-type");
  return true;
}

/// Whether bytes that are no whole frame may still become one.
void AwsEventStreamDecoder::judge_rest() {
  const std::size_t size = buffer_.text().size();
  if (error_ || !ended_ || size == 0) return;
  std::string what = "the stream ends behind " + std::to_string(size);
  if (prelude_) what += " of the " + std::to_string(prelude_->total);
  fail(ErrorKind::truncated, "", what + " bytes of a frame");
}

void AwsEventStreamDecoder::fail(ErrorKind kind, const std::string& part, const std::string& what) {
  error_ = Error(kind, what + " (the frame begins at byte " + std::to_string(bytes_) + ")");
  error_->where("frames/" + std::to_string(frames_) + part);
  buffer_.clear();
}

}  // namespace antiphon::inline v0::wire
