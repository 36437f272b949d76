// Whatever comes with an error status becomes an error, the same in any pieces, and never a success.

#include "answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::size_t split = 1 + input.choice();
  const int status = 300 + static_cast<int>(input.choice()) * 2 % 300;
  const std::vector<std::string>& protocols = antiphon::protocols();
  const std::string& protocol = protocols[split % protocols.size()];
  antiphon::DecodeOptions options(protocol);
  options.status(status);
  for (const char* name : {"retry-after", "x-amzn-errortype"})
    options.header(name, std::string(input.rest().substr(0, 40)));
  const Decoded whole = decode_answer(input.rest(), options, 0);
  check_json(whole);
  require(!whole.response && whole.chunks.empty());
  require(whole.same_as(decode_answer(input.rest(), options, split)));
  return 0;
}
