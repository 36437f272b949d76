#include "prompt.hpp"

#include <unistd.h>

#include "input.hpp"
#include "terminal.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {

std::optional<std::string> read_prompt(const std::vector<std::string>& words) {
  std::string prompt;
  bool from_input = standard_input_is_piped();
  for (const std::string& word : words) {
    if (word == "-") {
      from_input = true;
    } else {
      prompt += prompt.empty() ? word : " " + word;
    }
  }
  if (from_input) {
    std::string input = read_input("-");
    // What `echo` adds is not meant.
    input.erase(input.find_last_not_of("\r\n") + 1);
    if (!prompt.empty() && !input.empty()) prompt += "\n\n";
    prompt += input;
  }
  if (!prompt.empty()) return prompt;
  if (from_input || !words.empty()) throw UsageError("the prompt is empty");
  if (!is_terminal(STDIN_FILENO)) throw UsageError("no prompt: give one as an argument or on standard input");
  return std::nullopt;
}

}  // namespace antiphon::cli
