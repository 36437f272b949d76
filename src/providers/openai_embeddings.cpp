#include "providers/openai_embeddings.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "json/writer.hpp"
#include "providers/embedding_vectors.hpp"
#include "providers/embeddings_dialect.hpp"
#include "providers/json_request.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/token_count.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Value;

/// With so many vectors of decimal numbers an answer stays well below what is read of one.
constexpr std::size_t most_decimal_vectors = 512;

bool is_base64(const EmbeddingAsk& ask, const EmbeddingsDialect& dialect) {
  if (dialect.refuses("encoding_format")) return false;
  return ask.encoding() ? *ask.encoding() == EmbeddingEncoding::base64 : dialect.base64;
}

class OpenAiEmbeddingEncoder {
 public:
  OpenAiEmbeddingEncoder(const EmbeddingAsk& ask, const Target& target)
      : ask_(ask), target_(target), dialect_(embeddings_dialect(target)), notes_(ask.strict()), writer_(body_) {}

  EncodedRequest encode();

 private:
  bool begin_field(std::string_view name);
  bool begin_option(std::string_view name);
  void cannot_carry(std::string_view name) {
    notes_.cannot_carry(std::string(name), target_.preset->name + " does not take it");
  }
  void write_input();
  void write_input_type();
  void write_truncate();

  const EmbeddingAsk& ask_;
  const Target& target_;
  const EmbeddingsDialect& dialect_;
  RequestNotes notes_;
  std::string body_;
  json::Writer writer_;
};

/// Writes the key, unless the user's own field takes its place.
bool OpenAiEmbeddingEncoder::begin_field(std::string_view name) {
  if (ask_.own().has(name) || ask_.extra().has(name)) return false;
  writer_.key_text(name);
  return true;
}

bool OpenAiEmbeddingEncoder::begin_option(std::string_view name) {
  if (!dialect_.refuses(name)) return begin_field(dialect_.name_of(name));
  cannot_carry(name);
  return false;
}

EncodedRequest OpenAiEmbeddingEncoder::encode() {
  check_text(target_.model, [] { return std::string("model"); });
  writer_.begin_object();
  if (begin_field("model")) writer_.string(target_.model);
  if (begin_field("input")) write_input();
  const bool says_encoding = ask_.encoding() || is_base64(ask_, dialect_);
  if (says_encoding && begin_option("encoding_format")) writer_.string(is_base64(ask_, dialect_) ? "base64" : "float");
  if (ask_.dimensions() && begin_option("dimensions")) writer_.integer(*ask_.dimensions());
  write_input_type();
  write_truncate();
  if (!ask_.user().empty() && begin_option("user")) writer_.string(ask_.user());
  for (const auto& [name, value] : ask_.own()) {
    if (!ask_.extra().has(name)) writer_.key_text(name).raw(value);
  }
  ask_.extra().write(writer_);
  writer_.end_object();

  EncodedRequest encoded;
  encoded.http = json_post(target_.base_url + "/embeddings", "application/json");
  encoded.http.body = std::move(body_);
  encoded.warnings = notes_.take();
  return encoded;
}

void OpenAiEmbeddingEncoder::write_input() {
  std::size_t bytes = 0;
  for (std::size_t index = 0; index < ask_.count(); ++index) bytes += ask_.text(index).size() + 3;
  body_.reserve(body_.size() + bytes + 256);
  writer_.begin_array();
  for (std::size_t index = 0; index < ask_.count(); ++index) writer_.string(ask_.text(index));
  writer_.end_array();
}

void OpenAiEmbeddingEncoder::write_input_type() {
  if (!ask_.input_type()) return;
  const std::string_view word = to_string(*ask_.input_type());
  const auto& known = dialect_.input_types;
  const auto theirs = std::find_if(known.begin(), known.end(), [&](const auto& pair) { return pair.first == word; });
  if (theirs == known.end()) {
    cannot_carry("input_type");
  } else if (begin_option("input_type")) {
    writer_.string(theirs->second);
  }
}

void OpenAiEmbeddingEncoder::write_truncate() {
  if (!ask_.truncate()) return;
  if (dialect_.truncates) {
    if (begin_option("truncate")) writer_.boolean(*ask_.truncate());
  } else if (*ask_.truncate()) {
    // To refuse what is too long is what servers without the option do.
    cannot_carry("truncate");
  }
}

void read_row(Value row, EmbeddingVectors& vectors) {
  std::optional<Value> index;
  std::optional<Value> vector;
  row.fields([&](std::string_view key, Value value) {
    if (key == "index" && !value.is_null()) index = value;
    if (key == "embedding") vector = value;
  });
  if (!vector) vector = row;
  if (index) {
    vectors.put(*index, *vector, "embedding");
  } else {
    vectors.add(*vector, "embedding");
  }
}

/// Voyage counts the total alone.
Usage read_usage(Value value) {
  Count prompt;
  Count total;
  value.fields([&](std::string_view key, Value count) {
    if (key == "prompt_tokens") prompt = read_token_count(count);
    if (key == "total_tokens") total = read_token_count(count);
  });
  Usage usage;
  const Count input = prompt.known() ? prompt : total;
  if (input.known()) usage.input_tokens(input).output_tokens(0);
  return usage;
}

}  // namespace

EmbeddingBounds OpenAiEmbeddings::bounds(const EmbeddingAsk& ask, const Target& target) const {
  const EmbeddingsDialect& dialect = embeddings_dialect(target);
  EmbeddingBounds bounds{dialect.max_texts};
  if (!is_base64(ask, dialect)) bounds.texts = std::min(bounds.texts, most_decimal_vectors);
  if (dialect.max_bytes != 0) bounds.bytes = dialect.max_bytes;
  return bounds;
}

EncodedRequest OpenAiEmbeddings::encode(const EmbeddingAsk& ask, const Target& target) const {
  OpenAiEmbeddingEncoder encoder(ask, target);
  return encoder.encode();
}

EmbeddingAnswer OpenAiEmbeddings::decode(std::string_view body, const EmbeddingAsk& ask, const Target&) const {
  EmbeddingAnswer answer;
  EmbeddingVectors vectors(ask.count(), "data");
  read_embedding_answer(body, [&](std::string_view key, Value value) {
    if (key == "data") value.elements([&](Value row) { read_row(row, vectors); });
    if (key == "model") answer.model = value.string().value_or("");
    if (key == "usage") answer.usage = read_usage(value);
  });
  answer.vectors = vectors.take();
  return answer;
}

}  // namespace antiphon::inline v0::codec
