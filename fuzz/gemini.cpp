// Answers of Gemini, whole and streamed, give the same in any pieces; what was read goes into a request again.

#include "answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_return(check_answer(Input(data, size), "gemini"), {"gemini-3-pro-preview", antiphon::providers::gemini});
  return 0;
}
