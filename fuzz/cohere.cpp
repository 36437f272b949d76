// Answers of Cohere, whole and streamed, give the same in any pieces, and can be sent back.

#include "answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_return(check_answer(Input(data, size), "cohere"), {"command-a-03-2025", antiphon::providers::cohere});
  return 0;
}
