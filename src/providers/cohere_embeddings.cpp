#include "providers/cohere_embeddings.hpp"

#include <string>
#include <utility>

#include "providers/cohere.hpp"
#include "providers/embedding_vectors.hpp"
#include "providers/request_checks.hpp"
#include "providers/token_count.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

std::string_view type_of(InputType type) {
  switch (type) {
    case InputType::query:
      return "search_query";
    case InputType::classification:
      return "classification";
    case InputType::clustering:
      return "clustering";
    case InputType::document:
    case InputType::similarity:
      break;
  }
  return "search_document";
}

bool wants_base64(const EmbeddingAsk& ask) { return ask.encoding() && *ask.encoding() == EmbeddingEncoding::base64; }

/// By type, or the one list of the older form.
void read_lists(Value value, const EmbeddingAsk& ask, EmbeddingVectors& vectors) {
  if (value.type() == Type::array) {
    value.elements([&](Value vector) { vectors.add(vector); });
    return;
  }
  const std::string_view wanted = wants_base64(ask) ? "base64" : "float";
  value.fields([&](std::string_view key, Value list) {
    if (key == wanted) list.elements([&](Value vector) { vectors.add(vector); });
  });
}

Count read_billed(Value meta) {
  Count tokens;
  meta.fields([&](std::string_view key, Value units) {
    if (key != "billed_units") return;
    units.fields([&](std::string_view name, Value count) {
      if (name == "input_tokens") tokens = read_token_count(count);
    });
  });
  return tokens;
}

}  // namespace

void write_cohere_embedding(json::Writer& writer, const EmbeddingAsk& ask, RequestNotes& notes) {
  const auto begin = [&](const char* name) {
    if (ask.own().has(name) || ask.extra().has(name)) return false;
    writer.key(name);
    return true;
  };
  if (begin("texts")) {
    writer.begin_array();
    for (std::size_t index = 0; index < ask.count(); ++index) writer.string(ask.text(index));
    writer.end_array();
  }
  const InputType type = ask.input_type().value_or(InputType::document);
  if (begin("input_type")) {
    writer.string(type_of(type));
    if (type == InputType::similarity) {
      notes.cannot_carry("input_type", "Cohere has no \"similarity\"; \"search_document\" is sent");
    }
  }
  if (begin("embedding_types")) writer.begin_array().string(wants_base64(ask) ? "base64" : "float").end_array();
  if (ask.dimensions() && begin("output_dimension")) writer.integer(*ask.dimensions());
  if (ask.truncate() && begin("truncate")) writer.string(*ask.truncate() ? "END" : "NONE");
  if (!ask.user().empty()) notes.cannot_carry("user", "Cohere has no such option");
  for (const auto& [name, value] : ask.own()) {
    if (!ask.extra().has(name)) writer.key_text(name).raw(value);
  }
  ask.extra().write(writer);
}

EmbeddingAnswer read_cohere_embedding(std::string_view body, const EmbeddingAsk& ask, const Target& target) {
  EmbeddingAnswer answer;
  answer.model = target.model;
  EmbeddingVectors vectors(ask.count(), wants_base64(ask) ? "embeddings/base64" : "embeddings/float");
  read_embedding_answer(body, [&](std::string_view key, Value value) {
    if (key == "embeddings") read_lists(value, ask, vectors);
    if (key != "meta") return;
    const Count tokens = read_billed(value);
    if (tokens.known()) answer.usage.input_tokens(tokens).output_tokens(0);
  });
  answer.vectors = vectors.take();
  return answer;
}

EmbeddingBounds CohereEmbeddings::bounds(const EmbeddingAsk&, const Target&) const {
  return EmbeddingBounds{most_cohere_texts};
}

EncodedRequest CohereEmbeddings::encode(const EmbeddingAsk& ask, const Target& target) const {
  check_text(target.model, [] { return std::string("model"); });
  RequestNotes notes(ask.strict());
  EncodedRequest encoded;
  encoded.http = cohere_post(target, "/v2/embed", "application/json");
  json::Writer writer(encoded.http.body);
  writer.begin_object();
  if (!ask.extra().has("model")) writer.key("model").string(target.model);
  write_cohere_embedding(writer, ask, notes);
  writer.end_object();
  encoded.warnings = notes.take();
  return encoded;
}

EmbeddingAnswer CohereEmbeddings::decode(std::string_view body, const EmbeddingAsk& ask, const Target& target) const {
  return read_cohere_embedding(body, ask, target);
}

}  // namespace antiphon::inline v0::codec
