#include "providers/bedrock_anthropic.hpp"

#include <optional>
#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "core/padding.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/anthropic.hpp"
#include "providers/base64.hpp"
#include "providers/bedrock.hpp"
#include "providers/errors.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view version = "bedrock-2023-05-31";
constexpr std::string_view metrics = "amazon-bedrock-invocationMetrics";
/// What Bedrock's names of Claude begin with: it alone is asked by Anthropic's protocol.
constexpr std::string_view maker_prefix = "anthropic.";
constexpr const char* beta_header = "anthropic-beta";

void write_betas(json::Writer& writer, std::string_view betas) {
  writer.key("anthropic_beta").begin_array();
  while (!betas.empty()) {
    const std::string_view beta = betas.substr(0, betas.find(','));
    betas.remove_prefix(std::min(betas.size(), beta.size() + 1));
    if (const std::string_view name = ascii::trim(beta); !name.empty()) writer.string(name);
  }
  writer.end_array();
}

/// Anthropic's body with its version inside, without the model and the stream, which the URL tells.
std::string wrapped(const std::string& body, std::string_view betas) {
  std::string out;
  json::Writer writer(out);
  bool has_version = false;
  bool has_betas = false;
  json::Reader reader;
  out.reserve(body.size() + 64);
  writer.begin_object();
  reader.read_copy(body, [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key == "model" || key == "stream") return;
      const auto raw = value.raw();
      if (!raw) throw invalid(std::string(key), "is nested too deep");
      has_version = has_version || key == "anthropic_version";
      has_betas = has_betas || key == "anthropic_beta";
      writer.key_text(key).raw(*raw);
    });
  });
  if (reader.failed()) throw invalid("body", reader.error());
  if (!has_version) writer.key("anthropic_version").string(version);
  if (!has_betas && !betas.empty()) write_betas(writer, betas);
  writer.end_object();
  return out;
}

/// Takes Anthropic's events out of the chunks that they come in.
class ClaudeDecoder final : public AnswerDecoder {
 public:
  ClaudeDecoder(std::unique_ptr<AnswerDecoder> inner, AnswerBuilder& builder)
      : inner_(std::move(inner)), builder_(builder) {}

  std::optional<Error> event(std::string_view type, std::string_view padded_data) override {
    // A gateway may send the events as they are.
    if (type != "chunk") return inner_->event(type, padded_data);
    if (std::optional<Error> error = unwrap(padded_data)) return error;
    const std::string_view unwrapped = std::string_view(text_).substr(0, text_.size() - json_padding);
    if (unwrapped.find(metrics) != unwrapped.npos) keep_metrics(unwrapped);
    return inner_->event({}, unwrapped);
  }
  std::optional<Error> whole(std::string_view padded_body) override { return inner_->whole(padded_body); }
  std::optional<Error> end() override { return inner_->end(); }
  bool done() const override { return inner_->done(); }

 private:
  std::optional<Error> unwrap(std::string_view padded_data) {
    text_.clear();
    bool has_bytes = false;
    bool good = true;
    const std::string place = "events/" + std::to_string(events_++);
    reader_.read(padded_data, [&](json::Value root) {
      root.fields([&](std::string_view key, json::Value value) {
        if (key != "bytes" || std::exchange(has_bytes, true)) return;
        base64::Decoder decoder;
        good = decoder.feed(value.string().value_or(""), text_);
      });
    });
    text_.append(json_padding, ' ');
    if (reader_.failed()) return not_json(padded_data, reader_.error()).where(place);
    if (has_bytes && good) return std::nullopt;
    return Error(ErrorKind::protocol, has_bytes ? "a chunk is no Base64" : "a chunk has no bytes").where(place);
  }

  void keep_metrics(std::string_view event) {
    json::Reader reader;
    reader.read_copy(event, [&](json::Value root) {
      root.fields([&](std::string_view key, json::Value value) {
        const auto raw = key == metrics ? value.raw() : std::nullopt;
        if (raw) builder_.metadata(key, *raw);
      });
    });
  }

  std::unique_ptr<AnswerDecoder> inner_;
  AnswerBuilder& builder_;
  json::Reader reader_;
  std::string text_;
  std::size_t events_ = 0;
};

}  // namespace

EncodedRequest BedrockAnthropicCodec::encode(const Request& request, const Target& target) const {
  EncodedRequest encoded = AnthropicCodec().encode(request, target);
  HttpRequest& http = encoded.http;
  http.body = wrapped(http.body, http.headers.get(beta_header));
  http.headers.remove(beta_header);
  http.headers.remove("anthropic-version");
  http.headers.set("Accept", request.stream() ? "application/vnd.amazon.eventstream" : "application/json");
  http.url = bedrock_model_url(target, request.stream() ? "invoke-with-response-stream" : "invoke");
  return encoded;
}

bool BedrockAnthropicCodec::needs_bytes(const Part& part, Role role, const Target& target) const {
  return AnthropicCodec().needs_bytes(part, role, target);
}

std::unique_ptr<AnswerDecoder> BedrockAnthropicCodec::decoder(const Target& target, AnswerBuilder& builder) const {
  return std::make_unique<ClaudeDecoder>(AnthropicCodec().decoder(target, builder), builder);
}

Error BedrockAnthropicCodec::error(int status, const HttpHeaders& headers, std::string_view body,
                                   std::chrono::system_clock::time_point now) const {
  return BedrockCodec().error(status, headers, body, now);
}

HttpRequest BedrockAnthropicCodec::list_models(const Target& target, std::string_view page) const {
  return BedrockCodec().list_models(target, page);
}

ModelPage BedrockAnthropicCodec::models(std::string_view body) const {
  ModelPage page = BedrockCodec().models(body);
  std::erase_if(page.models, [](const ModelInfo& model) { return !model.id().starts_with(maker_prefix); });
  return page;
}

}  // namespace antiphon::inline v0::codec
