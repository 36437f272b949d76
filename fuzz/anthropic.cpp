// Answers of Anthropic, whole and streamed, give the same in any pieces, and always go back into a request as JSON.

#include "answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  check_answer(input, "anthropic");
  require(check_return(input, "anthropic", {"claude-opus-5-5", antiphon::providers::anthropic}));
  return 0;
}
