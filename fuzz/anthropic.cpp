// Answers of Anthropic, whole and streamed, give the same in any pieces, and go back into a request as JSON.

#include <antiphon/codec.hpp>

#include "answer.hpp"

namespace {

using namespace antiphon;

void check_history(std::string_view bytes, bool stream) {
  const Result<Response> result = decode(bytes, DecodeOptions("anthropic").stream(stream));
  if (!result) return;
  Messages messages = Messages().user("Hi").add(result->message());
  for (const Part& call : result->tool_calls()) messages.tool_result(call.id(), "x");
  const ModelConfig model("claude-opus-5-5", providers::anthropic);
  require(Json(encode(model, messages.user("And?"), Options(), stream).http.body).check().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  check_answer(input, "anthropic");
  check_history(input.rest(), size % 2 == 0);
  return 0;
}
