#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon::inline v0::simulator {

/// What is wrong with one frame.
struct FrameFault {
  enum class Crc { right, prelude, message };
  Crc wrong_crc = Crc::right;
  std::int64_t total_length_off_by = 0;    ///< the checksums fit what is written
  std::int64_t headers_length_off_by = 0;  ///< likewise
};

/// One frame of `application/vnd.amazon.eventstream`, its headers all of type string.
std::string event_stream_frame(const std::vector<std::pair<std::string_view, std::string>>& headers,
                               std::string_view payload, const FrameFault& fault = FrameFault());

}  // namespace antiphon::inline v0::simulator
