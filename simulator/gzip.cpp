#include "gzip.hpp"

#include <array>
#include <new>

namespace antiphon::inline v0::simulator {

Gzip::Gzip() {
  constexpr int largest_window = 15;
  constexpr int gzip_header = 16;
  constexpr int memory_level = 8;
  if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, largest_window + gzip_header, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

Gzip::~Gzip() { deflateEnd(&stream_); }

std::string Gzip::run(std::string_view bytes, int flush) {
  std::string out;
  std::array<char, 16384> buffer{};
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  do {
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = static_cast<uInt>(buffer.size());
    deflate(&stream_, flush);
    out.append(buffer.data(), buffer.size() - stream_.avail_out);
  } while (stream_.avail_out == 0);
  return out;
}

}  // namespace antiphon::inline v0::simulator
