#include "bedrock_embed.hpp"

#include "bedrock_errors.hpp"
#include "cohere_embed.hpp"
#include "embedding.hpp"
#include "text.hpp"
#include "uuid.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::size_t older_dimensions = 1536;
constexpr std::size_t longest_text = 50000;
constexpr float raw_length = 7;

Reply reply_of(std::string body, std::uint64_t tokens) {
  Reply reply{200, "application/json", std::move(body), {}};
  reply.headers = {{"x-amzn-bedrock-input-token-count", std::to_string(tokens)},
                   {"x-amzn-bedrock-invocation-latency", "30"}};
  return reply;
}

[[noreturn]] void malformed(const std::string& what) {
  throw bedrock_failure(400, "Malformed input request: " + what + ", please reformat your input and try again.");
}

Reply titan(const RequestObject& request, std::string_view model) {
  const bool is_newer = model.find("v2") != std::string_view::npos;
  if (is_newer) {
    request.only({"inputText", "dimensions", "normalize", "embeddingTypes"});
  } else {
    request.only({"inputText"});
  }
  if (!request.has("inputText")) malformed("required key [inputText] not found");
  const std::string text = request.text("inputText");
  if (text.empty()) malformed("expected minLength: 1, actual: 0");
  if (text.size() > longest_text) malformed("expected maxLength: 50000, actual: " + std::to_string(text.size()));
  const std::uint64_t dimensions = request.integer("dimensions", 1, 1024).value_or(1024);
  if (dimensions != 256 && dimensions != 512 && dimensions != 1024) malformed("dimensions is not a valid enum value");
  std::vector<float> vector = embedding_of(text, is_newer ? dimensions : older_dimensions);
  if (is_newer && !request.flag("normalize").value_or(true)) {
    for (float& number : vector) number *= raw_length;
  }
  const std::uint64_t tokens = estimated_tokens(text.size());
  std::string body = R"({"embedding":)" + json_of(vector);
  if (is_newer) body += R"(,"embeddingsByType":{"float":)" + json_of(vector) + '}';
  return reply_of(body + R"(,"inputTextTokenCount":)" + std::to_string(tokens) + '}', tokens);
}

/// The first version answers with one list; with `embedding_types` in the request there is one for each.
Reply cohere_model(const RequestObject& request, std::string_view model) {
  request.only(
      {"texts", "images", "inputs", "input_type", "truncate", "embedding_types", "output_dimension", "max_tokens"});
  const CohereInputs inputs = read_cohere_inputs(request, model);
  const bool by_type = request.has("embedding_types");
  const std::string id = uuid_of(hash(json::serialize(request.json())));
  return reply_of(R"({"embeddings":)" + (by_type ? cohere_vectors_by_type(inputs) : cohere_vectors(inputs, "float")) +
                      R"(,"id":")" + id + R"(","response_type":")" +
                      (by_type ? "embeddings_by_type" : "embeddings_floats") + R"(","texts":)" + cohere_texts(inputs) +
                      '}',
                  inputs.tokens);
}

}  // namespace

Reply bedrock_embed(std::string_view body, const BedrockPath& path) {
  const json::value value = parse_body(body, bedrock_dialect());
  const RequestObject request(value.get_object(), "", bedrock_dialect());
  if (path.model.find("titan-embed") != std::string::npos) return titan(request, path.model);
  if (path.model.find("cohere.embed") != std::string::npos) return cohere_model(request, path.model);
  throw bedrock_failure(400, "The simulator invokes Claude and embedding models; other models answer Converse.");
}

}  // namespace antiphon::inline v0::simulator
