#include "event_stream.hpp"

#include <zlib.h>

namespace antiphon::inline v0::simulator {
namespace {

constexpr char string_type = 7;
constexpr std::size_t frame_overhead = 16;  // three lengths and checksums before the headers, one behind the payload

void append_number(std::string& out, std::uint64_t number, unsigned bytes) {
  for (unsigned i = bytes; i > 0; --i) out += static_cast<char>(number >> 8 * (i - 1) & 0xFF);
}

std::uint64_t checksum(std::string_view bytes) {
  return crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}

std::uint64_t shifted(std::size_t length, std::int64_t by) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(length) + by);
}

}  // namespace

std::string event_stream_frame(const std::vector<std::pair<std::string_view, std::string>>& headers,
                               std::string_view payload, const FrameFault& fault) {
  std::string header_bytes;
  for (const auto& [name, value] : headers) {
    append_number(header_bytes, name.size(), 1);
    header_bytes += name;
    header_bytes += string_type;
    append_number(header_bytes, value.size(), 2);
    header_bytes += value;
  }
  const std::size_t total = frame_overhead + header_bytes.size() + payload.size();
  std::string out;
  out.reserve(total);
  append_number(out, shifted(total, fault.total_length_off_by), 4);
  append_number(out, shifted(header_bytes.size(), fault.headers_length_off_by), 4);
  append_number(out, checksum(out) ^ (fault.wrong_crc == FrameFault::Crc::prelude ? 1 : 0), 4);
  out += header_bytes;
  out += payload;
  append_number(out, checksum(out) ^ (fault.wrong_crc == FrameFault::Crc::message ? 1 : 0), 4);
  return out;
}

}  // namespace antiphon::inline v0::simulator
