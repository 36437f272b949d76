#pragma once

#include <string_view>

namespace antiphon::cli {

/// Standard output, unbuffered: what was written has left the program.
class Output {
 public:
  /// False when the reader has gone away (`| head -1`): nothing more needs to be written, and that is no failure.
  /// Throws `std::system_error` for anything else, such as a full disk.
  bool write(std::string_view text);
  bool closed() const { return closed_; }

 private:
  bool closed_ = false;
};

/// Writes to standard error; failing to is of no interest to anybody.
void say(std::string_view text);

}  // namespace antiphon::cli
