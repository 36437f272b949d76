// Answers of Cohere, whole and streamed, give the same in any pieces.

#include "answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_answer(Input(data, size), "cohere");
  return 0;
}
