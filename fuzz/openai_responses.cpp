// Answers of OpenAI Responses, whole and streamed, give the same in any pieces, and can be sent back.

#include "answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  check_answer(input, "openai-responses");
  check_return(input, "openai-responses",
               antiphon::ModelConfig("m", antiphon::providers::openai_responses).base_url("http://127.0.0.1:1/v1"));
  return 0;
}
