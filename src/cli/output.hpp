#pragma once

#include <string_view>

namespace antiphon::cli {

/// Standard output, unbuffered: what was written has left the program.
class Output {
 public:
  Output();
  /// False when the reader has gone away (`| head -1`): nothing more needs to be written, and that is no failure.
  /// Throws `std::system_error` for anything else, such as a full disk.
  bool write(std::string_view text);
  bool closed() const { return closed_; }

 private:
  bool shares_terminal_;
  bool closed_ = false;
};

// Standard error, from any thread; failing to write to it is of no interest to anybody.

/// Whole lines. One that `say_piece` left open is ended first, and so is the answer's when it stands on the same
/// terminal.
void say(std::string_view lines);
/// A piece of a line; `line_goes_on` when more of it may follow.
void say_piece(std::string_view piece, bool line_goes_on);
/// Ends a line that is open.
void end_line();

}  // namespace antiphon::cli
