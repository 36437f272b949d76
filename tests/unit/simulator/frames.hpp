#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon::test {

/// A frame of `application/vnd.amazon.eventstream`, read by providers.md §6.16.
class Frame {
 public:
  std::vector<std::pair<std::string, std::string>> headers;
  std::string payload;

  Frame() {}
  std::string header(std::string_view name) const;
};

/// All frames of a body. Throws when a length or a checksum is wrong, or something is left over.
std::vector<Frame> frames_of(std::string_view body);

/// Digits to bytes.
std::string bytes_of_hex(std::string_view hex);
std::string bytes_of_base64(std::string_view text);

}  // namespace antiphon::test
