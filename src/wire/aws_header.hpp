#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace antiphon::inline v0::wire {

/// The types that a header of a frame may have, by their numbers on the wire.
enum class AwsHeaderType : std::uint8_t {
  true_value = 0,
  false_value = 1,
  int8 = 2,
  int16 = 3,
  int32 = 4,
  int64 = 5,
  bytes = 6,
  string = 7,
  timestamp = 8,  ///< milliseconds since 1970
  uuid = 9,
};

/// One header: a place inside the frame it came in, and lives as long.
struct AwsHeader {
  std::string_view name;
  AwsHeaderType type;
  std::string_view value;  ///< as on the wire, without its length; empty for the two truth values

  /// The text of a string; nothing for any other type.
  std::optional<std::string_view> text() const;
  /// The number of an integer or a timestamp; nothing for any other type.
  std::optional<std::int64_t> number() const;
};

/// Cuts the bytes of a block of headers into headers.
class AwsHeaderReader {
 public:
  explicit AwsHeaderReader(std::string_view block) : left_(block) {}

  /// Nothing at the end, or when the bytes are no header.
  std::optional<AwsHeader> next();
  /// What is wrong with the bytes that `next` stopped at; null when it is nothing.
  const char* fault() const { return fault_; }

 private:
  std::optional<AwsHeader> fail(const char* what);

  std::string_view left_;
  const char* fault_ = nullptr;
};

/// The headers of one frame, which were found to be well formed. Names are compared as they are.
class AwsHeaders {
 public:
  AwsHeaders() = default;
  explicit AwsHeaders(std::string_view checked_block) : block_(checked_block) {}

  /// The first of that name.
  std::optional<AwsHeader> find(std::string_view name) const;
  /// The text of the first of that name; empty when there is none or it is no string.
  std::string_view text(std::string_view name) const;
  bool empty() const { return block_.empty(); }
  AwsHeaderReader read() const { return AwsHeaderReader(block_); }

 private:
  std::string_view block_;
};

}  // namespace antiphon::inline v0::wire
