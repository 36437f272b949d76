// Requests for embeddings and what is read of the answers (providers.md, 7.1), from the fixtures of
// tests/fixtures/embeddings.

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include <boost/json/serialize.hpp>

#include <antiphon/codec.hpp>
#include <antiphon/embedding.hpp>

#include "fixture.hpp"
#include "providers/base64.hpp"
#include "providers/embedding_codec.hpp"

namespace antiphon::tests {
namespace {

using boost::json::object;

/// Whom a fixture is for: a row of ours, or a protocol alone.
class Whom {
 public:
  explicit Whom(const Fixture& fixture) {
    const object& target = fixture.fields.at("target").as_object();
    if (target.contains("provider")) {
      preset_ = *codec::find_preset(std::string(target.at("provider").as_string()));
    } else {
      preset_.name = preset_.family = preset_.protocol = std::string(target.at("protocol").as_string());
    }
    target_.model = std::string(target.at("model").as_string());
    target_.base_url = std::string(target.at("base_url").as_string());
  }
  codec::Target target() const { return {&preset_, target_.model, target_.base_url}; }

 private:
  codec::Preset preset_;
  codec::Target target_{nullptr, {}, {}};
};

EmbeddingOptions options_of(const Fixture& fixture) {
  EmbeddingOptions options;
  if (fixture.has("options")) {
    for (const auto& [name, value] : fixture.fields.at("options").as_object()) {
      if (name == "dimensions") options.dimensions(value.as_int64());
      if (name == "input_type") options.input_type(parse_input_type(std::string(value.as_string())).value());
      if (name == "truncate") options.truncate(value.as_bool());
      if (name == "user") options.user(std::string(value.as_string()));
      if (name == "encoding") {
        options.encoding(value.as_string() == "base64" ? EmbeddingEncoding::base64 : EmbeddingEncoding::floats);
      }
    }
  }
  if (fixture.has("named")) {
    for (const auto& option : fixture.fields.at("named").as_array()) {
      options.option(std::string(option.at(0).as_string()), Json(boost::json::serialize(option.at(1))));
    }
  }
  for (const std::string& extra : fixture.texts("extra")) options.extra(Json(extra));
  if (fixture.has("strict")) options.strict();
  return options;
}

Request request_of(const Fixture& fixture) {
  return codec::embedding_request(Texts(fixture.texts("texts")), options_of(fixture));
}

class EmbeddingRequests : public testing::TestWithParam<Fixture> {};

TEST_P(EmbeddingRequests, AreWritten) {
  const Fixture& fixture = GetParam();
  const Whom whom(fixture);
  const Request request = request_of(fixture);
  const auto encode = [&] {
    const codec::EmbeddingAsk ask(request, *whom.target().preset);
    return codec::find_embedding_codec(whom.target())->encode(ask, whom.target());
  };
  if (fixture.has("error")) return expect_error(fixture, encode);
  const EncodedRequest encoded = encode();
  const object& http = fixture.fields.at("http").as_object();
  EXPECT_EQ(difference(http.at("body"), parse_json(encoded.http.body)), std::nullopt) << encoded.http.body;
  EXPECT_EQ(encoded.http.method, http.contains("method") ? std::string(http.at("method").as_string()) : "POST");
  EXPECT_EQ(encoded.http.headers.get("content-type"), "application/json");
  if (http.contains("url")) {
    EXPECT_EQ(std::string(http.at("url").as_string()), encoded.http.url);
  }
  if (http.contains("headers")) {
    for (const auto& [name, value] : http.at("headers").as_object()) {
      EXPECT_EQ(std::string(value.as_string()), encoded.http.headers.get(name)) << name;
    }
  }
  expect_warnings(fixture, encoded.warnings);
}

TEST_P(EmbeddingRequests, HaveNoKeyTwice) {
  const Fixture& fixture = GetParam();
  if (fixture.has("error")) return;
  const Whom whom(fixture);
  const Request request = request_of(fixture);
  const codec::EmbeddingAsk ask(request, *whom.target().preset);
  const std::string body = codec::find_embedding_codec(whom.target())->encode(ask, whom.target()).http.body;
  EXPECT_EQ(boost::json::serialize(parse_json(body)).size(), Json(body).text().size()) << body;
}

class EmbeddingAnswers : public testing::TestWithParam<Fixture> {};

TEST_P(EmbeddingAnswers, AreRead) {
  const Fixture& fixture = GetParam();
  const Whom whom(fixture);
  const Request request = request_of(fixture);
  const codec::EmbeddingAsk ask(request, *whom.target().preset);
  const auto decode = [&] {
    return codec::find_embedding_codec(whom.target())->decode(fixture.body, ask, whom.target());
  };
  if (fixture.has("error")) return expect_error(fixture, decode);
  const codec::EmbeddingAnswer answer = decode();
  std::vector<Embeddings::Vector> expected;
  for (const auto& vector : fixture.fields.at("vectors").as_array()) {
    Embeddings::Vector& numbers = expected.emplace_back();
    for (const auto& number : vector.as_array()) numbers.push_back(static_cast<float>(number.to_number<double>()));
  }
  EXPECT_EQ(answer.vectors, expected);
  if (fixture.has("model")) {
    EXPECT_EQ(answer.model, fixture.text("model"));
  }
  if (fixture.has("input_tokens")) {
    EXPECT_EQ(answer.usage.input_tokens(), Count(fixture.fields.at("input_tokens").as_int64()));
    EXPECT_EQ(answer.usage.total_tokens(), answer.usage.input_tokens());
  } else if (!fixture.has("model")) {
    return;
  } else {
    EXPECT_FALSE(answer.usage.known());
  }
}

TEST_P(EmbeddingAnswers, CutAnywhereAreErrors) {
  const Fixture& fixture = GetParam();
  const Whom whom(fixture);
  const Request request = request_of(fixture);
  const codec::EmbeddingAsk ask(request, *whom.target().preset);
  for (std::size_t size = 0; size < fixture.body.size(); ++size) {
    EXPECT_THROW(codec::find_embedding_codec(whom.target())->decode(fixture.body.substr(0, size), ask, whom.target()),
                 Error)
        << size;
  }
}

/// Those with a body are answers.
std::vector<Fixture> without_body() {
  std::vector<Fixture> all = load_fixtures("embeddings", "target");
  std::erase_if(all, [](const Fixture& fixture) { return fixture.has("body"); });
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, EmbeddingRequests, testing::ValuesIn(without_body()), test_name);
INSTANTIATE_TEST_SUITE_P(All, EmbeddingAnswers, testing::ValuesIn(load_fixtures("embeddings", "body")), test_name);

// ---- bounds

codec::EmbeddingBounds bounds(const char* provider, const std::string& url, const std::string& model,
                              EmbeddingOptions options = EmbeddingOptions()) {
  codec::Preset preset;
  preset.protocol = provider;
  if (const codec::Preset* known = codec::find_preset(provider)) preset = *known;
  const codec::Target target{&preset, model, url};
  const Request request = codec::embedding_request("a", std::move(options));
  return codec::find_embedding_codec(target)->bounds(codec::EmbeddingAsk(request, preset), target);
}

TEST(EmbeddingBounds, AreThoseOfTheProvider) {
  const std::string openai = "https://api.openai.com/v1";
  EXPECT_EQ(bounds("openai", openai, "m").texts, 2048u);
  EXPECT_EQ(bounds("openai", openai, "m").bytes, 300000u);
  EXPECT_EQ(bounds("openai", openai, "m", EmbeddingOptions().encoding(EmbeddingEncoding::floats)).texts, 512u);
  EXPECT_EQ(bounds("openai", "http://127.0.0.1/v1", "m").texts, 96u);
  EXPECT_EQ(bounds("voyage", "https://api.voyageai.com/v1", "m").texts, 1000u);
  EXPECT_EQ(bounds("gemini", "https://generativelanguage.googleapis.com", "m").texts, 100u);
  const std::string vertex = "https://x-aiplatform.googleapis.com/v1/projects/p/locations/x";
  EXPECT_EQ(bounds("gemini", vertex, "text-embedding-005").texts, 250u);
  EXPECT_EQ(bounds("gemini", vertex, "gemini-embedding-001").texts, 1u);
  EXPECT_EQ(bounds("cohere", "https://api.cohere.com", "m").texts, 96u);
  EXPECT_EQ(bounds("bedrock", "https://b", "amazon.titan-embed-text-v2:0").texts, 1u);
  EXPECT_EQ(bounds("bedrock", "https://b", "cohere.embed-v4:0").texts, 96u);
  EXPECT_EQ(bounds("ollama", "http://localhost:11434", "m").texts, 512u);
}

TEST(EmbeddingCodecs, AreNotThereForEveryProtocol) {
  const codec::Target target{codec::find_preset("anthropic"), "m", "https://api.anthropic.com"};
  EXPECT_EQ(codec::find_embedding_codec(target), nullptr);
}

// ---- rows

std::string embedding_mistake(const std::string& fields, const std::string& protocol = "openai-chat") {
  try {
    ProviderRow(Json(R"({"name": "a", "base_url": "http://a", "protocol": ")" + protocol + "\", " + fields + "}"));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    return error.where();
  }
  return "none";
}

TEST(EmbeddingRows, NameTheirMistakes) {
  EXPECT_EQ(embedding_mistake(R"("embeddings": {"max_texts": 0})"), "embeddings/max_texts");
  EXPECT_EQ(embedding_mistake(R"("embeddings": {"max_bytes": -1})"), "embeddings/max_bytes");
  EXPECT_EQ(embedding_mistake(R"("embeddings": {"base64": 1})"), "embeddings/base64");
  EXPECT_EQ(embedding_mistake(R"("embeddings": {"renamed": {"seed": "s"}})"), "embeddings/renamed/seed");
  EXPECT_EQ(embedding_mistake(R"("embeddings": {"refused": ["user", "model"]})"), "embeddings/refused/1");
  EXPECT_EQ(embedding_mistake(R"("embeddings": {"input_types": {"passage": "p"}})"), "embeddings/input_types/passage");
  EXPECT_EQ(embedding_mistake(R"("embeddings": {"frobnicate": 1})"), "embeddings/frobnicate");
  EXPECT_EQ(embedding_mistake(R"("embeddings": {})", "ollama"), "embeddings");
  EXPECT_EQ(embedding_mistake(R"("embeddings": {"max_texts": 7, "input_types": {"query": "q"}})"), "none");
}

// ---- values

TEST(Base64, IsDecodedAtOnce) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const std::string part = bytes.substr(0, size);
    EXPECT_EQ(base64::decode(base64::encode(part)), part);
  }
  // RFC 4648, 10 and 5.
  EXPECT_EQ(base64::decode("Zm9vYmFy"), "foobar");
  EXPECT_EQ(base64::decode("Zm9vYg=="), "foob");
  EXPECT_EQ(base64::decode("Zm9vYg"), "foob");
  EXPECT_EQ(base64::decode("Zm9v\nYmFy\r\n"), "foobar");
  EXPECT_EQ(base64::decode("-_-_"), base64::decode("+/+/"));
  EXPECT_EQ(base64::decode("Zm9v!mFy"), std::nullopt);
  EXPECT_EQ(base64::decode("Zm9vYmF\xff"), std::nullopt);
}

TEST(Texts, AreMadeOfOneOrMany) {
  EXPECT_EQ(Texts("a").list(), std::vector<std::string>{"a"});
  EXPECT_EQ(Texts("a", std::string("b"), std::string_view("c")).list(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(Texts(std::vector<std::string>{"a", "b"}).add("c").size(), 3u);
  EXPECT_EQ(Texts().size(), 0u);
}

TEST(InputTypes, HaveNames) {
  for (const InputType type : {InputType::query, InputType::document, InputType::similarity, InputType::classification,
                               InputType::clustering}) {
    EXPECT_EQ(parse_input_type(to_string(type)), type);
  }
  EXPECT_EQ(parse_input_type("passage"), std::nullopt);
}

TEST(EmbeddingsAsJson, ReadBackTheSame) {
  Response about;
  about.model("m").usage(Usage().input_tokens(3).output_tokens(0)).warn(Warning("user", "no"));
  about.attempts({Attempt("openai", "m").status(200)}).duration(std::chrono::milliseconds(5));
  const float third = 1.0F / 3;
  const Embeddings embeddings({{third, -0.5F}, {1e-10F, 3.4028235e38F}}, about);
  const std::string json = to_json(embeddings);
  EXPECT_EQ(
      json,
      R"({"terminal":"finished","model":"m","dimensions":2,"embeddings":[[0.33333334,-0.5],[1e-10,3.4028235e+38]],)"
      R"("usage":{"input_tokens":3,"output_tokens":0,"total_tokens":3},"warnings":[{"where":"user","message":"no"}],)"
      R"("error":null,"attempts":[{"provider":"openai","model":"m","status":200,"error":null,"waited_ms":0}],)"
      R"("duration_ms":5})");
  EXPECT_EQ(embeddings.vector(1)[0], 1e-10F);
  EXPECT_THROW(embeddings.vector(2), std::out_of_range);
  EXPECT_EQ(Embeddings().dimensions(), 0u);
}

}  // namespace
}  // namespace antiphon::tests
