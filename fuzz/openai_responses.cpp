// Answers of OpenAI Responses, whole and streamed, give the same in any pieces, and can be sent back.

#include "answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const antiphon::ModelConfig model("m", antiphon::providers::openai_responses);
  check_return(check_answer(Input(data, size), "openai-responses"),
               antiphon::ModelConfig(model).base_url("http://127.0.0.1:1/v1"));
  return 0;
}
