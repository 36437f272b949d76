#include "providers/gemini_embeddings.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "json/writer.hpp"
#include "providers/embedding_vectors.hpp"
#include "providers/gemini.hpp"
#include "providers/json_request.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/token_count.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Value;

constexpr std::size_t most_requests = 100;
constexpr std::size_t most_instances = 250;
constexpr std::size_t most_tokens_of_instances = 20'000;

std::string_view task_of(InputType type) {
  switch (type) {
    case InputType::query:
      return "RETRIEVAL_QUERY";
    case InputType::document:
      return "RETRIEVAL_DOCUMENT";
    case InputType::similarity:
      return "SEMANTIC_SIMILARITY";
    case InputType::classification:
      return "CLASSIFICATION";
    case InputType::clustering:
      return "CLUSTERING";
  }
  return "RETRIEVAL_DOCUMENT";
}

class GeminiEmbeddingEncoder {
 public:
  GeminiEmbeddingEncoder(const EmbeddingAsk& ask, const Target& target)
      : ask_(ask), target_(target), notes_(ask.strict()), writer_(body_), url_(gemini_model_url(target)) {}

  EncodedRequest encode() {
    check_text(target_.model, [] { return std::string("model"); });
    writer_.begin_object();
    if (is_on_vertex(target_)) {
      write_predict();
    } else if (ask_.count() == 1) {
      url_ += ":embedContent";
      write_content(0);
    } else {
      write_batch();
    }
    ask_.extra().write(writer_);
    writer_.end_object();
    note_missing();
    EncodedRequest encoded;
    encoded.http = json_post(std::move(url_), "application/json");
    encoded.http.body = std::move(body_);
    encoded.warnings = notes_.take();
    return encoded;
  }

 private:
  void write_own() {
    for (const auto& [name, value] : ask_.own()) {
      if (ask_.count() > 1 || !ask_.extra().has(name)) writer_.key_text(name).raw(value);
    }
  }
  /// Writes the key, unless the user's own field takes its place; of a single request that may be one of the body.
  bool begin(const char* name) {
    if (ask_.own().has(name) || (ask_.count() == 1 && ask_.extra().has(name))) return false;
    writer_.key(name);
    return true;
  }
  /// The members of one request, without its brackets.
  void write_content(std::size_t index) {
    if (begin("content")) {
      writer_.begin_object().key("parts").begin_array().begin_object();
      writer_.key("text").string(ask_.text(index)).end_object().end_array().end_object();
    }
    if (ask_.input_type() && begin("taskType")) writer_.string(task_of(*ask_.input_type()));
    if (ask_.dimensions() && begin("outputDimensionality")) writer_.integer(*ask_.dimensions());
    write_own();
  }
  void write_batch() {
    const std::string model = "models/" + url_.substr(url_.rfind('/') + 1);
    url_ += ":batchEmbedContents";
    if (ask_.extra().has("requests")) return;
    writer_.key("requests").begin_array();
    for (std::size_t index = 0; index < ask_.count(); ++index) {
      writer_.begin_object().key("model").string(model);
      write_content(index);
      writer_.end_object();
    }
    writer_.end_array();
  }
  void write_predict() {
    url_ += ":predict";
    if (!ask_.extra().has("instances")) {
      writer_.key("instances").begin_array();
      for (std::size_t index = 0; index < ask_.count(); ++index) {
        writer_.begin_object().key("content").string(ask_.text(index));
        if (ask_.input_type() && !ask_.own().has("task_type")) {
          writer_.key("task_type").string(task_of(*ask_.input_type()));
        }
        write_own();
        writer_.end_object();
      }
      writer_.end_array();
    }
    if ((!ask_.dimensions() && !ask_.truncate()) || ask_.extra().has("parameters")) return;
    writer_.key("parameters").begin_object();
    if (ask_.dimensions()) writer_.key("outputDimensionality").integer(*ask_.dimensions());
    if (ask_.truncate()) writer_.key("autoTruncate").boolean(*ask_.truncate());
    writer_.end_object();
  }
  void note_missing() {
    const auto missing = [&](bool set, const char* name) {
      if (set) notes_.cannot_carry(name, "Gemini has no such option");
    };
    missing(ask_.truncate() && !is_on_vertex(target_), "truncate");
    missing(ask_.encoding() && *ask_.encoding() == EmbeddingEncoding::base64, "encoding");
    missing(!ask_.user().empty(), "user");
  }

  const EmbeddingAsk& ask_;
  const Target& target_;
  RequestNotes notes_;
  std::string body_;
  json::Writer writer_;
  std::string url_;
};

/// `{"values": […]}`
void read_values(Value embedding, EmbeddingVectors& vectors) {
  bool found = false;
  embedding.fields([&](std::string_view key, Value value) {
    if (key != "values" || found) return;
    found = true;
    vectors.add(value, "values");
  });
  if (!found) vectors.add(embedding);
}

void read_prediction(Value prediction, EmbeddingVectors& vectors, Count& tokens) {
  prediction.fields([&](std::string_view key, Value embedding) {
    if (key != "embeddings") return;
    read_values(embedding, vectors);
    embedding.fields([&](std::string_view inner, Value statistics) {
      if (inner != "statistics") return;
      statistics.fields([&](std::string_view name, Value value) {
        if (name == "token_count") tokens += read_token_count(value);
      });
    });
  });
}

/// Vectors that were shortened come with the length they then have (providers.md, 7.1).
void normalize(Embeddings::Vector& vector) {
  double sum = 0;
  for (const float number : vector) sum += static_cast<double>(number) * number;
  const double length = std::sqrt(sum);
  if (length == 0) return;
  for (float& number : vector) number = static_cast<float>(number / length);
}

}  // namespace

EmbeddingBounds GeminiEmbeddings::bounds(const EmbeddingAsk&, const Target& target) const {
  if (!is_on_vertex(target)) return EmbeddingBounds{most_requests};
  // The newer models take one text at a time.
  const bool one = target.model.find("gemini-embedding") != std::string::npos;
  return EmbeddingBounds{one ? 1 : most_instances, most_tokens_of_instances};
}

EncodedRequest GeminiEmbeddings::encode(const EmbeddingAsk& ask, const Target& target) const {
  GeminiEmbeddingEncoder encoder(ask, target);
  return encoder.encode();
}

EmbeddingAnswer GeminiEmbeddings::decode(std::string_view body, const EmbeddingAsk& ask, const Target& target) const {
  EmbeddingAnswer answer;
  answer.model = target.model;
  const bool predicts = is_on_vertex(target);
  const bool single = !predicts && ask.count() == 1;
  EmbeddingVectors vectors(ask.count(),
                           single     ? "embedding"
                           : predicts ? "predictions"
                                      : "embeddings",
                           single ? EmbeddingVectors::Form::single : EmbeddingVectors::Form::list);
  Count tokens = predicts ? Count(0) : Count();
  read_embedding_answer(body, [&](std::string_view key, Value value) {
    if (key == "predictions") value.elements([&](Value one) { read_prediction(one, vectors, tokens); });
    if (key == "embedding") read_values(value, vectors);
    if (key == "embeddings") value.elements([&](Value one) { read_values(one, vectors); });
    if (key != "usageMetadata") return;
    value.fields([&](std::string_view name, Value count) {
      if (name == "promptTokenCount") tokens = read_token_count(count);
    });
  });
  if (tokens.known() && tokens.at_least() > 0) answer.usage.input_tokens(tokens).output_tokens(0);
  answer.vectors = vectors.take();
  if (ask.dimensions()) {
    for (Embeddings::Vector& vector : answer.vectors) normalize(vector);
  }
  return answer;
}

}  // namespace antiphon::inline v0::codec
