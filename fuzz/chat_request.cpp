// A request in OpenAI's form is refused with the place named, or can be written for every provider; what is written for
// OpenAI is read again as the same request.

#include <antiphon/codec.hpp>

#include "input.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

bool is_ours(const Error& error) {
  return (error.kind() == ErrorKind::invalid_request || error.kind() == ErrorKind::unsupported) &&
         !error.where().empty();
}

std::optional<EncodedRequest> try_encode(const ModelConfig& config, const ChatRequest& request) {
  try {
    EncodedRequest encoded = encode(config, request.messages, request.options, request.stream);
    require(Json(encoded.http.body).check().empty());
    return encoded;
  } catch (const Error& error) {
    require(is_ours(error));
    return std::nullopt;
  }
}

void check(std::string_view body) {
  const ChatRequest request = parse_chat_request(body);
  try_encode(ModelConfig("m", providers::ollama), request);
  try_encode(ModelConfig("claude-opus-4-5", providers::anthropic), request);
  try_encode(ModelConfig("gpt-5", providers::openai_responses), request);
  try_encode(ModelConfig("gemini-3-pro-preview", providers::gemini), request);
  try_encode(ModelConfig("command-a-03-2025", providers::cohere), request);
  for (const std::string_view provider : {providers::bedrock, providers::bedrock_anthropic}) {
    try_encode(ModelConfig("anthropic.claude-opus-4-6", provider).base_url("http://127.0.0.1:1"), request);
  }
  const ModelConfig server = ModelConfig("m", providers::openai).base_url("http://127.0.0.1:1/v1");
  const std::optional<EncodedRequest> first = try_encode(server, request);
  // The user's own fields may put anything in the place of ours, and a name that looks like a rewritten one is rewritten.
  if (!first || !request.options.extras().empty() || first->http.body.find("_x") != std::string::npos) return;
  const ChatRequest again = parse_chat_request(first->http.body);
  const std::optional<EncodedRequest> second = try_encode(server, again);
  require(second && second->http.body == first->http.body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  try {
    check(input.rest());
  } catch (const Error& error) {
    require(is_ours(error));
  }
  return 0;
}
