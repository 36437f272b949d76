#include "gemini_embed.hpp"

#include "embedding.hpp"
#include "gemini_errors.hpp"
#include "gemini_names.hpp"
#include "request_object.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::size_t full_dimensions = 3072;
constexpr std::size_t most_batch_requests = 100;
constexpr std::size_t most_instances = 250;

std::string task_of(const RequestObject& request) {
  return request.word(
      "taskType", {"TASK_TYPE_UNSPECIFIED", "RETRIEVAL_QUERY", "RETRIEVAL_DOCUMENT", "SEMANTIC_SIMILARITY",
                   "CLASSIFICATION", "CLUSTERING", "QUESTION_ANSWERING", "FACT_VERIFICATION", "CODE_RETRIEVAL_QUERY"});
}

/// Shortened vectors of the first model keep the numbers they had: their length is not 1.
std::string values_of(const std::string& text, std::optional<std::uint64_t> dimensions, std::string_view model) {
  const std::size_t wanted = dimensions.value_or(full_dimensions);
  if (model.find("embedding-001") == std::string_view::npos) return json_of(embedding_of(text, wanted));
  std::vector<float> vector = embedding_of(text, full_dimensions);
  vector.resize(std::min(wanted, full_dimensions));
  return json_of(vector);
}

std::string read_text(const RequestObject& content) {
  content.only({"role", "parts"});
  std::string text;
  for (const RequestObject& part : content.objects("parts")) {
    part.only({"text", "inlineData", "fileData"});
    text += part.text("text");
  }
  if (text.empty()) content.refuse("parts", Problem::value, "a text that is not empty");
  return text;
}

std::string embed(const RequestObject& request, std::string_view model) {
  request.only({"model", "content", "taskType", "title", "outputDimensionality"});
  const std::string task = task_of(request);
  if (request.has("title") && task != "RETRIEVAL_DOCUMENT") {
    throw gemini_failure(400, "A title may only be set with the task type RETRIEVAL_DOCUMENT.");
  }
  const auto dimensions = request.integer("outputDimensionality", 1, full_dimensions);
  return R"({"values":)" + values_of(read_text(request.need_object("content")), dimensions, model) + '}';
}

std::string embed_batch(const RequestObject& request, std::string_view model) {
  request.only({"requests"});
  const std::vector<RequestObject> requests = request.objects("requests");
  if (requests.empty()) request.refuse("requests", Problem::missing, "");
  if (requests.size() > most_batch_requests) {
    throw gemini_failure(400, "* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch");
  }
  std::string out;
  for (const RequestObject& each : requests) {
    if (each.need_text("model") != "models/" + std::string(model)) {
      each.refuse("model", Problem::value, "the model of the path");
    }
    out += (out.empty() ? "" : ",") + embed(each, model);
  }
  return R"({"embeddings":[)" + out + "]}";
}

std::string predict(const RequestObject& request, std::string_view model) {
  request.only({"instances", "parameters"});
  const std::vector<RequestObject> instances = request.objects("instances");
  if (instances.empty()) request.refuse("instances", Problem::missing, "");
  if (instances.size() > most_instances) throw gemini_failure(400, "At most 250 instances are allowed.");
  std::optional<std::uint64_t> dimensions;
  if (const auto parameters = request.object("parameters")) {
    dimensions = parameters->integer("outputDimensionality", 1, full_dimensions);
    parameters->flag("autoTruncate");
  }
  std::string out;
  for (const RequestObject& instance : instances) {
    instance.only({"content", "taskType", "title"});
    const std::string text = instance.need_text("content");
    task_of(instance);
    out += out.empty() ? "" : ",";
    out += R"({"embeddings":{"values":)" + values_of(text, dimensions, model) +
           R"(,"statistics":{"truncated":false,"token_count":)" + std::to_string(estimated_tokens(text.size())) + "}}}";
  }
  return R"({"predictions":[)" + out + "]}";
}

}  // namespace

Reply gemini_embed(std::string_view body, const GeminiPath& path) {
  json::value value = parse_body(body, gemini_dialect());
  to_camel_names(value);
  const RequestObject request(value.get_object(), "", gemini_dialect());
  std::string out;
  if (path.method == "predict") {
    out = predict(request, path.model);
  } else if (path.method == "batchEmbedContents") {
    out = embed_batch(request, path.model);
  } else {
    out = R"({"embedding":)" + embed(request, path.model) + '}';
  }
  return {200, "application/json; charset=UTF-8", out};
}

}  // namespace antiphon::inline v0::simulator
