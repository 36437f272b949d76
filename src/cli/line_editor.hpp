#pragma once

#include <string>

namespace antiphon::cli {

/// Reads messages from the terminal, with editing keys and a history that is kept in a file from run to run. The
/// prompt is written to standard error. A program has one.
class LineEditor {
 public:
  enum class Outcome {
    message,    ///< `text()` holds one
    end,        ///< Ctrl-D at an empty prompt, or the terminal is gone
    interrupt,  ///< Ctrl-C at an empty prompt
  };

  LineEditor();

  /// Reads one message: a line; lines that end with `\`; or everything between two `"""`. Ctrl-C drops what was typed.
  Outcome read();
  const std::string& text() const { return text_; }

 private:
  struct Editor;
  Outcome read_line(const char* prompt, std::string& line);
  Outcome read_until_quotes();
  Outcome read_message();

  Editor& editor_;
  std::string text_;
};

}  // namespace antiphon::cli
