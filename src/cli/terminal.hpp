#pragma once

#include <string>
#include <string_view>

namespace antiphon::cli {

/// Makes the three standard streams safe to use: one that the caller closed is connected to nothing, so that no
/// socket takes its number, and a reader that goes away is an error of the write, not the end of the program.
void prepare_standard_streams();

bool is_terminal(int descriptor);

/// Whether somebody gave us input: a pipe, a file or a socket, but no terminal and no `/dev/null`.
bool standard_input_is_piped();

/// Colours for one stream: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; else text stays as it is.
class Style {
 public:
  explicit Style(int descriptor);

  std::string dim(std::string_view text) const { return wrapped("2", text); }
  std::string red(std::string_view text) const { return wrapped("1;31", text); }
  std::string yellow(std::string_view text) const { return wrapped("33", text); }
  bool on() const { return on_; }

 private:
  std::string wrapped(std::string_view code, std::string_view text) const;
  bool on_;
};

/// `text` on one line, its control characters replaced by blanks: what a server says must not steer the terminal.
std::string one_line(std::string_view text);

}  // namespace antiphon::cli
