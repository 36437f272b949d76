// Answers of OpenAI Responses, whole and streamed, give the same in any pieces, and can be sent back.

#include "answer.hpp"

namespace {

using namespace antiphon;

/// What a response said goes into the next request, or is refused with its place.
void check_return(std::string_view bytes, bool stream) {
  const Result<Response> response = decode(bytes, DecodeOptions("openai-responses").stream(stream));
  if (!response) return;
  Messages messages = Messages().user("hi").add(response->message());
  for (const Part& call : response->tool_calls()) messages.tool_result(call.id(), "42");
  try {
    const ModelConfig config = ModelConfig("m", providers::openai_responses).base_url("http://127.0.0.1:1/v1");
    require(Json(encode(config, messages, Options(), false).http.body).check().empty());
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::invalid_request && !error.where().empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  check_answer(input, "openai-responses");
  Input rest = input;
  rest.choice();
  const bool stream = rest.choice() % 2 == 0;
  check_return(rest.rest(), stream);
  return 0;
}
