// Answers of Anthropic, whole and streamed, give the same in any pieces, and always go back into a request as JSON.

#include "answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto response = check_answer(Input(data, size), "anthropic");
  require(check_return(response, {"claude-opus-5-5", antiphon::providers::anthropic}));
  return 0;
}
