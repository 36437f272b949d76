// Answers of Cohere, whole and streamed, give the same in any pieces, and can be sent back.

#include "answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  check_answer(input, "cohere");
  check_return(input, "cohere", {"command-a-03-2025", antiphon::providers::cohere});
  return 0;
}
