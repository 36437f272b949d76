#include "providers/ollama_embeddings.hpp"

#include <string>
#include <utility>

#include "json/writer.hpp"
#include "providers/embedding_vectors.hpp"
#include "providers/json_request.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/token_count.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Value;

// The server has no bound of its own; a request shall end before its timeout, and its answer be read.
constexpr std::size_t most_texts = 512;

bool is_top_level(std::string_view name) { return name == "keep_alive" || name == "dimensions" || name == "truncate"; }

/// The options of the model: by name, and what the user's own fields have in `options`.
ExtraFields options_of(const EmbeddingAsk& ask) {
  ExtraFields inside;
  for (const auto& [name, value] : ask.own()) {
    if (!is_top_level(name)) inside.add(name, Json(value));
  }
  const std::string* own = ask.extra().find("options");
  if (own && *own != "null") inside.add_all(Json(*own), "extra/options");
  return inside;
}

}  // namespace

EmbeddingBounds OllamaEmbeddings::bounds(const EmbeddingAsk&, const Target&) const {
  return EmbeddingBounds{most_texts};
}

EncodedRequest OllamaEmbeddings::encode(const EmbeddingAsk& ask, const Target& target) const {
  check_text(target.model, [] { return std::string("model"); });
  RequestNotes notes(ask.strict());
  EncodedRequest encoded;
  encoded.http = json_post(target.base_url + "/api/embed", "application/json");
  json::Writer writer(encoded.http.body);
  const auto begin = [&](const char* name) {
    if (ask.extra().has(name)) return false;
    writer.key(name);
    return true;
  };
  writer.begin_object();
  if (begin("model")) writer.string(target.model);
  if (begin("input")) {
    writer.begin_array();
    for (std::size_t index = 0; index < ask.count(); ++index) writer.string(ask.text(index));
    writer.end_array();
  }
  if (ask.dimensions() && begin("dimensions")) writer.integer(*ask.dimensions());
  if (ask.truncate() && begin("truncate")) writer.boolean(*ask.truncate());
  for (const auto& [name, value] : ask.own()) {
    if (is_top_level(name) && !ask.extra().has(name)) writer.key_text(name).raw(value);
  }
  const ExtraFields inside = options_of(ask);
  if (!inside.empty()) {
    writer.key("options").begin_object();
    inside.write(writer);
    writer.end_object();
  }
  for (const auto& [name, value] : ask.extra()) {
    if (name != "options") writer.key_text(name).raw(value);
  }
  writer.end_object();
  const auto missing = [&](bool set, const char* name) {
    if (set) notes.cannot_carry(name, "Ollama has no such option");
  };
  missing(ask.input_type().has_value(), "input_type");
  missing(ask.encoding() && *ask.encoding() == EmbeddingEncoding::base64, "encoding");
  missing(!ask.user().empty(), "user");
  encoded.warnings = notes.take();
  return encoded;
}

EmbeddingAnswer OllamaEmbeddings::decode(std::string_view body, const EmbeddingAsk& ask, const Target&) const {
  EmbeddingAnswer answer;
  EmbeddingVectors vectors(ask.count(), "embeddings");
  read_embedding_answer(body, [&](std::string_view key, Value value) {
    if (key == "embeddings") value.elements([&](Value vector) { vectors.add(vector); });
    if (key == "model") answer.model = value.string().value_or("");
    if (key != "prompt_eval_count") return;
    const Count tokens = read_token_count(value);
    if (tokens.known()) answer.usage.input_tokens(tokens).output_tokens(0);
  });
  answer.vectors = vectors.take();
  return answer;
}

}  // namespace antiphon::inline v0::codec
