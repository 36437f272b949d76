#include "frames.hpp"

#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>

namespace antiphon::test {
namespace {

constexpr std::size_t prelude = 12;
constexpr std::size_t checksum = 4;

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  if (at + size > bytes.size()) throw std::runtime_error("frame: too short");
  std::uint64_t number = 0;
  for (const char c : bytes.substr(at, size)) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

void check(std::string_view bytes, std::size_t size, const char* what) {
  const auto expected = crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(size));
  if (number_at(bytes, size, checksum) != expected)
    throw std::runtime_error(std::string("frame: wrong CRC of the ") + what);
}

void read_headers(std::string_view bytes, Frame& frame) {
  while (!bytes.empty()) {
    const std::size_t name_size = number_at(bytes, 0, 1);
    if (number_at(bytes, 1 + name_size, 1) != 7) throw std::runtime_error("frame: a header that is no string");
    const std::size_t value_size = number_at(bytes, 2 + name_size, 2);
    const std::size_t end = 4 + name_size + value_size;
    if (end > bytes.size()) throw std::runtime_error("frame: headers too short");
    frame.headers.emplace_back(bytes.substr(1, name_size), bytes.substr(4 + name_size, value_size));
    bytes.remove_prefix(end);
  }
}

}  // namespace

std::string Frame::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

std::vector<Frame> frames_of(std::string_view body) {
  std::vector<Frame> frames;
  while (!body.empty()) {
    const std::size_t total = number_at(body, 0, 4);
    const std::size_t headers = number_at(body, 4, 4);
    check(body, 8, "prelude");
    if (total > body.size() || headers + prelude + checksum > total) throw std::runtime_error("frame: wrong length");
    check(body.substr(0, total), total - checksum, "message");
    Frame frame;
    read_headers(body.substr(prelude, headers), frame);
    frame.payload = body.substr(prelude + headers, total - headers - prelude - checksum);
    frames.push_back(std::move(frame));
    body.remove_prefix(total);
  }
  return frames;
}

std::string bytes_of_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(std::strtoul(std::string(hex.substr(i, 2)).c_str(), nullptr, 16));
  }
  return out;
}

std::string bytes_of_base64(std::string_view text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t bits = 0;
  int filled = 0;
  for (const char c : text.substr(0, text.find('='))) {
    bits = bits << 6 | static_cast<std::uint32_t>(letters.find(c));
    filled += 6;
    if (filled < 8) continue;
    filled -= 8;
    out += static_cast<char>(bits >> filled & 0xFF);
  }
  return out;
}

}  // namespace antiphon::test
