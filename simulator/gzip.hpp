#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

namespace antiphon::inline v0::simulator {

/// Compresses a stream so that what went in comes out at once.
class Gzip {
 public:
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  std::string add(std::string_view bytes) { return run(bytes, Z_SYNC_FLUSH); }
  std::string end() { return run({}, Z_FINISH); }

 private:
  std::string run(std::string_view bytes, int flush);

  z_stream stream_{};
};

}  // namespace antiphon::inline v0::simulator
