#include "providers/bedrock_embeddings.hpp"

#include <string>
#include <utility>

#include "json/writer.hpp"
#include "providers/bedrock.hpp"
#include "providers/bedrock_region.hpp"
#include "providers/cohere_embeddings.hpp"
#include "providers/embedding_vectors.hpp"
#include "providers/json_request.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/token_count.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Value;

bool is_coheres(const Target& target) { return target.model.find("cohere.") != std::string::npos; }

void write_titan(json::Writer& writer, const EmbeddingAsk& ask, RequestNotes& notes) {
  const auto begin = [&](const char* name) {
    if (ask.own().has(name) || ask.extra().has(name)) return false;
    writer.key(name);
    return true;
  };
  if (begin("inputText")) writer.string(ask.text(0));
  if (ask.dimensions() && begin("dimensions")) writer.integer(*ask.dimensions());
  const auto missing = [&](bool set, const char* name) {
    if (set) notes.cannot_carry(name, "Titan has no such option");
  };
  missing(ask.input_type().has_value(), "input_type");
  missing(ask.truncate() && *ask.truncate(), "truncate");
  missing(ask.encoding() && *ask.encoding() == EmbeddingEncoding::base64, "encoding");
  missing(!ask.user().empty(), "user");
  for (const auto& [name, value] : ask.own()) {
    if (!ask.extra().has(name)) writer.key_text(name).raw(value);
  }
  ask.extra().write(writer);
}

EmbeddingAnswer read_titan(std::string_view body, const EmbeddingAsk& ask, const Target& target) {
  EmbeddingAnswer answer;
  answer.model = target.model;
  EmbeddingVectors vectors(ask.count(), "embedding", EmbeddingVectors::Form::single);
  read_embedding_answer(body, [&](std::string_view key, Value value) {
    if (key == "embedding") vectors.add(value);
    if (key != "inputTextTokenCount") return;
    const Count tokens = read_token_count(value);
    if (tokens.known()) answer.usage.input_tokens(tokens).output_tokens(0);
  });
  answer.vectors = vectors.take();
  return answer;
}

}  // namespace

EmbeddingBounds BedrockEmbeddings::bounds(const EmbeddingAsk&, const Target& target) const {
  return EmbeddingBounds{is_coheres(target) ? most_cohere_texts : 1};
}

EncodedRequest BedrockEmbeddings::encode(const EmbeddingAsk& asked, const Target& asked_of) const {
  check_text(asked_of.model, [] { return std::string("model"); });
  EmbeddingAsk ask = asked;
  Target target = asked_of;
  RequestNotes notes(ask.strict());
  if (const std::string region = ask.take_own("region"); !region.empty()) move_to_region(target, Json(region), notes);
  EncodedRequest encoded;
  encoded.http = json_post(bedrock_model_url(target, "invoke"), "application/json");
  json::Writer writer(encoded.http.body);
  writer.begin_object();
  if (is_coheres(target)) {
    write_cohere_embedding(writer, ask, notes);
  } else {
    write_titan(writer, ask, notes);
  }
  writer.end_object();
  encoded.warnings = notes.take();
  return encoded;
}

EmbeddingAnswer BedrockEmbeddings::decode(std::string_view body, const EmbeddingAsk& ask, const Target& target) const {
  return is_coheres(target) ? read_cohere_embedding(body, ask, target) : read_titan(body, ask, target);
}

}  // namespace antiphon::inline v0::codec
