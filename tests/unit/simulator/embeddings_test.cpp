#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "client.hpp"
#include "frames.hpp"

// Embeddings: providers.md §7.1 and §5.5.

namespace antiphon::test {
namespace {

const char* const embed_bearer = "Authorization: Bearer k\r\n";

Answer post_embed(const Simulator& simulator, const std::string& path, std::string_view body) {
  return ask(simulator, request_text("POST", path, body, embed_bearer));
}

/// The numbers of an array.
std::vector<double> numbers(std::string text) {
  std::vector<double> out;
  const char* at = text.c_str() + 1;
  while (*at != '\0' && *at != ']') {
    char* end = nullptr;
    out.push_back(std::strtod(at, &end));
    at = *end == ',' ? end + 1 : end;
  }
  return out;
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) sum += a[i] * b[i];
  return sum;
}

double length(const std::vector<double>& vector) { return std::sqrt(product(vector, vector)); }

std::vector<double> numbers_at(const Answer& answer, const std::string& place) {
  EXPECT_EQ(answer.status, 200) << answer.body.substr(0, 300);
  return numbers(Json(answer.body).minified(place));
}

std::vector<double> openai(const Simulator& simulator, const std::string& text) {
  return numbers_at(
      post_embed(simulator, "/v1/embeddings", R"({"model":"text-embedding-3-small","input":")" + text + "\"}"),
      "/data/0/embedding");
}

TEST(Embedding, IsMadeFromTheText) {
  Simulator first;
  Simulator second(Scenario().seed(7));
  const auto cat = openai(first, "the cat sat on the mat");
  EXPECT_EQ(cat.size(), 1536u);
  EXPECT_NEAR(length(cat), 1, 1e-6);
  EXPECT_EQ(openai(second, "the cat sat on the mat"), cat);
  const auto close = openai(first, "the cat lay on the mat");
  const auto far = openai(first, "taxes are due in April");
  EXPECT_NE(close, cat);
  EXPECT_GT(product(cat, close), 0.6);
  EXPECT_LT(std::abs(product(cat, far)), 0.3);
}

TEST(OpenAiEmbeddings, HaveTheFieldsOfTheRealOnes) {
  Simulator simulator;
  const Answer answer =
      post_embed(simulator, "/v1/embeddings",
                 R"({"model":"text-embedding-3-large","input":["one two","three"],"dimensions":256,"user":"u"})");
  EXPECT_EQ(answer.header("x-request-id").substr(0, 4), "req_");
  const Json json(answer.body);
  EXPECT_EQ(json.text("/object"), "list");
  EXPECT_EQ(json.text("/model"), "text-embedding-3-large");
  EXPECT_EQ(json.text("/data/1/object"), "embedding");
  EXPECT_EQ(json.number("/data/1/index"), 1);
  EXPECT_EQ(numbers(json.minified("/data/1/embedding")).size(), 256u);
  EXPECT_EQ(json.number("/usage/prompt_tokens"), 4);
  EXPECT_EQ(json.number("/usage/total_tokens"), 4);
}

TEST(OpenAiEmbeddings, ComeInBase64) {
  Simulator simulator;
  const std::string body = R"({"model":"m","input":"hello","dimensions":8)";
  const auto floats = numbers_at(post_embed(simulator, "/v1/embeddings", body + "}"), "/data/0/embedding");
  const Json json(post_embed(simulator, "/v1/embeddings", body + R"(,"encoding_format":"base64"})").body);
  const std::string text = json.text("/data/0/embedding");
  ASSERT_EQ(text.size(), 44u);  // 32 bytes
  const std::string bytes = bytes_of_base64(text);
  for (std::size_t i = 0; i < floats.size(); ++i) {
    float number = 0;
    std::memcpy(&number, bytes.data() + 4 * i, 4);  // both are little-endian
    EXPECT_EQ(number, static_cast<float>(floats[i]));
  }
}

TEST(OpenAiEmbeddings, TakeTokens) {
  Simulator simulator;
  const auto one = post_embed(simulator, "/v1/embeddings", R"({"model":"m","input":[1,2,3]})");
  EXPECT_EQ(Json(one.body).number("/usage/prompt_tokens"), 3);
  const Json two(post_embed(simulator, "/v1/embeddings", R"({"model":"m","input":[[1,2,3],[4]]})").body);
  EXPECT_EQ(two.minified("/data/0/embedding"), Json(one.body).minified("/data/0/embedding"));
  EXPECT_TRUE(two.has("/data/1"));
}

struct EmbedRefusal {
  std::string body;
  int status;
  std::string message;
};

std::string list(std::size_t count, const std::string& item) {
  std::string out = "[" + item;
  for (std::size_t i = 1; i < count; ++i) out += "," + item;
  return out + "]";
}

TEST(OpenAiEmbeddings, RefuseWhatTheRealOnesRefuse) {
  Simulator simulator;
  const std::string word = "\"a\"";
  const std::string longest = '"' + std::string(4 * 8193, 'x') + '"';
  const std::vector<EmbedRefusal> refusals{
      {"{", 400, "no JSON"},
      {R"({"input":"a"})", 400, "Missing required parameter: 'model'"},
      {R"({"model":"m"})", 400, "Missing required parameter: 'input'"},
      {R"({"model":"m","input":""})", 400, "empty"},
      {R"({"model":"m","input":[]})", 400, "nothing"},
      {R"({"model":"m","input":["a",""]})", 400, "empty"},
      {R"({"model":"m","input":{"a":1}})", 400, "must be strings"},
      {R"({"model":"m","input":[-1]})", 400, "token"},
      {R"({"model":"m","input":)" + list(2049, word) + "}", 400, "2048"},
      {R"({"model":"m","input":)" + longest + "}", 400, "8192"},
      {R"({"model":"m","input":)" + list(40, '"' + std::string(4 * 8000, 'x') + '"') + "}", 400, "300000"},
      {R"({"model":"m","input":"a","dimensions":0})", 400, "dimensions"},
      {R"({"model":"m","input":"a","dimensions":2000})", 400, "dimensions"},
      {R"({"model":"text-embedding-ada-002","input":"a","dimensions":5})", 400, "does not support"},
      {R"({"model":"m","input":"a","encoding_format":"hex"})", 400, "encoding_format"},
      {R"({"model":"m","input":"a","odd":1})", 400, "odd"},
      {R"({"model":"missing","input":"a"})", 404, "missing"}};
  for (const EmbedRefusal& each : refusals) {
    const Answer answer = post_embed(simulator, "/v1/embeddings", each.body);
    EXPECT_EQ(answer.status, each.status) << each.message;
    const std::string message = Json(answer.body).text("/error/message");
    EXPECT_NE(message.find(each.message), std::string::npos) << message;
  }
  EXPECT_EQ(ask(simulator, request_text("GET", "/v1/embeddings")).status, 405);
}

TEST(OllamaEmbed, GivesVectorsOfLengthOne) {
  Simulator simulator;
  const Answer answer = post_embed(simulator, "/api/embed", R"({"model":"m","input":["one","two"],"dimensions":64})");
  const Json json(answer.body);
  EXPECT_EQ(json.text("/model"), "m");
  EXPECT_EQ(json.number("/prompt_eval_count"), 2);
  EXPECT_GT(json.number("/total_duration"), json.number("/load_duration"));
  for (const char* place : {"/embeddings/0", "/embeddings/1"}) {
    const auto vector = numbers(json.minified(place));
    EXPECT_EQ(vector.size(), 64u);
    EXPECT_NEAR(length(vector), 1, 1e-6);
  }
  EXPECT_EQ(numbers_at(post_embed(simulator, "/api/embed", R"({"model":"m","input":"one"})"), "/embeddings/0").size(),
            768u);
  EXPECT_EQ(Json(post_embed(simulator, "/api/embed", R"({"model":"m","input":""})").body).minified("/embeddings"),
            "[]");
  EXPECT_GT(
      length(numbers_at(post_embed(simulator, "/api/embeddings", R"({"model":"m","prompt":"one"})"), "/embedding")), 2);
}

TEST(OllamaEmbed, RefusesWhatTheRealOneRefuses) {
  Simulator simulator;
  const std::string long_text(4 * 8193, 'x');
  const std::vector<EmbedRefusal> refusals{
      {"{", 400, "invalid JSON"},
      {R"({"input":"a"})", 400, "model is required"},
      {R"({"model":"missing","input":"a"})", 404, "not found"},
      {R"({"model":"m","input":1})", 400, "invalid input type"},
      {R"({"model":"m","input":[1]})", 400, "invalid input type"},
      {R"({"model":"m","input":")" + long_text + R"(","truncate":false})", 400, "exceeds the context length"}};
  for (const EmbedRefusal& each : refusals) {
    const Answer answer = post_embed(simulator, "/api/embed", each.body);
    EXPECT_EQ(answer.status, each.status) << each.message;
    EXPECT_NE(Json(answer.body).text("/error").find(each.message), std::string::npos) << answer.body;
  }
  EXPECT_EQ(post_embed(simulator, "/api/embed", R"({"model":"m","input":")" + long_text + "\"}").status, 200);
}

TEST(OllamaEmbed, TakesDeepBodies) {
  Simulator simulator;
  EXPECT_EQ(post_embed(simulator, "/api/embed", R"({"model":"m","input":"a","options":)" + deep_json + "}").status,
            200);
}

TEST(GeminiEmbed, GivesOneOrMany) {
  Simulator simulator;
  const std::string path = "/v1beta/models/gemini-embedding-2:";
  const std::string content =
      R"("content":{"parts":[{"text":"hello"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":64)";
  const Answer one = post_embed(simulator, path + "embedContent", "{" + content + "}");
  const auto vector = numbers_at(one, "/embedding/values");
  EXPECT_EQ(vector.size(), 64u);
  EXPECT_NEAR(length(vector), 1, 1e-6);
  const Json many(
      post_embed(simulator, path + "batchEmbedContents",
                 R"({"requests":)" + list(2, R"({"model":"models/gemini-embedding-2",)" + content + "}") + "}")
          .body);
  EXPECT_EQ(many.minified("/embeddings/1/values"), Json(one.body).minified("/embedding/values"));
  // Shortened vectors of the first model keep their numbers.
  const auto shortened =
      numbers_at(post_embed(simulator, "/v1beta/models/gemini-embedding-001:embedContent", "{" + content + "}"),
                 "/embedding/values");
  EXPECT_EQ(shortened.size(), 64u);
  EXPECT_LT(length(shortened), 0.9);
  const Json vertex(
      post_embed(
          simulator, "/v1/projects/p/locations/l/publishers/google/models/gemini-embedding-2:predict",
          R"({"instances":[{"content":"hello","task_type":"CLUSTERING"}],"parameters":{"outputDimensionality":64}})")
          .body);
  EXPECT_EQ(vertex.minified("/predictions/0/embeddings/values"), Json(one.body).minified("/embedding/values"));
  EXPECT_EQ(vertex.number("/predictions/0/embeddings/statistics/token_count"), 2);
}

TEST(GeminiEmbed, RefusesWhatTheRealOneRefuses) {
  Simulator simulator;
  const std::string item = R"({"model":"models/m","content":{"parts":[{"text":"a"}]}})";
  const std::vector<std::pair<std::string, EmbedRefusal>> refusals{
      {"embedContent", {"{}", 400, "content"}},
      {"embedContent", {R"({"content":{"parts":[{"text":""}]}})", 400, "not empty"}},
      {"embedContent", {R"({"content":{"parts":[{"text":"a"}]},"taskType":"SEARCH"})", 400, "task_type"}},
      {"embedContent", {R"({"content":{"parts":[{"text":"a"}]},"title":"t"})", 400, "title"}},
      {"embedContent", {R"({"content":{"parts":[{"text":"a"}]},"dimensions":5})", 400, "dimensions"}},
      {"embedContent", {R"({"content":{"parts":[{"text":"a"}]},"outputDimensionality":4000})", 400, "dimensionality"}},
      {"batchEmbedContents", {"{}", 400, "requests"}},
      {"batchEmbedContents", {R"({"requests":)" + list(101, item) + "}", 400, "at most 100"}},
      {"batchEmbedContents",
       {R"({"requests":[{"model":"models/n","content":{"parts":[{"text":"a"}]}}]})", 400, "model"}}};
  for (const auto& [method, each] : refusals) {
    const Answer answer = post_embed(simulator, "/v1beta/models/m:" + method, each.body);
    EXPECT_EQ(answer.status, each.status) << each.message;
    EXPECT_NE(Json(answer.body).text("/error/message").find(each.message), std::string::npos) << answer.body;
  }
  EXPECT_EQ(post_embed(simulator, "/v1beta/models/missing:embedContent", "{}").status, 404);
}

TEST(CohereEmbed, GivesEveryType) {
  Simulator simulator;
  const Json json(
      post_embed(simulator, "/v2/embed",
                 R"({"model":"embed-v4.0","input_type":"search_document","texts":["one","two"],"output_dimension":256,)"
                 R"("embedding_types":["float","int8","uint8","binary","ubinary","base64"]})")
          .body);
  const auto floats = numbers(json.minified("/embeddings/float/1"));
  EXPECT_EQ(floats.size(), 256u);
  EXPECT_NEAR(length(floats), 1, 1e-6);
  const auto small = numbers(json.minified("/embeddings/int8/1"));
  const auto shifted = numbers(json.minified("/embeddings/uint8/1"));
  const auto bits = numbers(json.minified("/embeddings/ubinary/1"));
  const auto signed_bits = numbers(json.minified("/embeddings/binary/1"));
  ASSERT_EQ(bits.size(), 32u);
  for (std::size_t i = 0; i < floats.size(); ++i) {
    EXPECT_EQ(small[i], std::round(floats[i] * 127));
    EXPECT_EQ(shifted[i], small[i] + 128);
    EXPECT_EQ((static_cast<int>(bits[i / 8]) >> (7 - i % 8) & 1) == 1, floats[i] >= 0);
    EXPECT_EQ(static_cast<int>(signed_bits[i / 8]) & 0xFF, static_cast<int>(bits[i / 8]));
  }
  EXPECT_EQ(json.text("/embeddings/base64/0").size(), 1368u);
  EXPECT_EQ(json.minified("/texts"), R"(["one","two"])");
  EXPECT_EQ(json.text("/meta/api_version/version"), "2");
  EXPECT_EQ(json.number("/meta/billed_units/input_tokens"), 2);
}

TEST(CohereEmbed, TakesImagesAndMixedInputs) {
  Simulator simulator;
  const Json images(post_embed(simulator, "/v2/embed",
                               R"({"model":"embed-v4.0","input_type":"image","images":["data:image/png;base64,QUJD"]})")
                        .body);
  EXPECT_EQ(numbers(images.minified("/embeddings/float/0")).size(), 1536u);
  EXPECT_EQ(images.minified("/texts"), "[]");
  const Json mixed(
      post_embed(
          simulator, "/v2/embed",
          R"({"model":"embed-v4.0","input_type":"search_query","inputs":[{"content":[{"type":"text","text":"a"},)"
          R"({"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}}]}]})")
          .body);
  EXPECT_TRUE(mixed.has("/embeddings/float/0"));
}

TEST(CohereEmbed, RefusesWhatTheRealOneRefuses) {
  Simulator simulator;
  const std::vector<EmbedRefusal> refusals{
      {R"({"input_type":"search_query","texts":["a"]})", 400, "model is required"},
      {R"({"model":"embed-v4.0","texts":["a"]})", 400, "input_type is required"},
      {R"({"model":"embed-v4.0","input_type":"query","texts":["a"]})", 400, "input_type"},
      {R"({"model":"embed-v4.0","input_type":"search_query"})", 400, "exactly one"},
      {R"({"model":"embed-v4.0","input_type":"search_query","texts":[]})", 400, "at least one"},
      {R"({"model":"embed-v4.0","input_type":"search_query","texts":[""]})", 400, "not empty"},
      {R"({"model":"embed-v4.0","input_type":"search_query","texts":)" + list(97, "\"a\"") + "}", 400, "96"},
      {R"({"model":"embed-v4.0","input_type":"image","texts":["a"]})", 400, "images"},
      {R"({"model":"embed-v4.0","input_type":"search_query","texts":["a"],"embedding_types":["double"]})", 400,
       "float"},
      {R"({"model":"embed-v4.0","input_type":"search_query","texts":["a"],"output_dimension":300})", 400, "256"},
      {R"({"model":"embed-english-v3.0","input_type":"search_query","texts":["a"],"output_dimension":256})", 400,
       "model"},
      {R"({"model":"embed-english-v3.0","input_type":"search_query","truncate":"NONE","texts":[")" +
           std::string(4 * 600, 'x') + "\"]}",
       400, "too many tokens"},
      {R"({"model":"embed-v4.0","input_type":"search_query","input":"a"})", 422, "'input'"},
      {R"({"model":"missing","input_type":"search_query","texts":["a"]})", 404, "missing"}};
  for (const EmbedRefusal& each : refusals) {
    const Answer answer = post_embed(simulator, "/v2/embed", each.body);
    EXPECT_EQ(answer.status, each.status) << each.message;
    EXPECT_NE(Json(answer.body).text("/message").find(each.message), std::string::npos) << answer.body;
  }
}

TEST(BedrockEmbed, InvokesTitan) {
  Simulator simulator;
  const std::string path = "/model/amazon.titan-embed-text-v2%3A0/invoke";
  const Answer answer = post_embed(simulator, path, R"({"inputText":"hello","dimensions":256})");
  EXPECT_EQ(answer.header("x-amzn-bedrock-input-token-count"), "2");
  const auto vector = numbers_at(answer, "/embedding");
  EXPECT_EQ(vector.size(), 256u);
  EXPECT_NEAR(length(vector), 1, 1e-6);
  EXPECT_EQ(Json(answer.body).number("/inputTextTokenCount"), 2);
  EXPECT_GT(length(numbers_at(post_embed(simulator, path, R"({"inputText":"hello","normalize":false})"), "/embedding")),
            2);
  EXPECT_EQ(numbers_at(post_embed(simulator, "/model/amazon.titan-embed-text-v1/invoke", R"({"inputText":"hello"})"),
                       "/embedding")
                .size(),
            1536u);
  const std::vector<EmbedRefusal> refusals{{"{}", 400, "inputText"},
                                           {R"({"inputText":""})", 400, "minLength: 1"},
                                           {R"({"inputText":")" + std::string(50001, 'x') + "\"}", 400, "maxLength"},
                                           {R"({"inputText":"a","dimensions":300})", 400, "dimensions"},
                                           {R"({"inputText":"a","texts":[]})", 400, "extraneous key [texts]"}};
  for (const EmbedRefusal& each : refusals) {
    const Answer refused = post_embed(simulator, path, each.body);
    EXPECT_EQ(refused.status, each.status);
    EXPECT_NE(Json(refused.body).text("/message").find(each.message), std::string::npos) << refused.body;
  }
  EXPECT_EQ(post_embed(simulator, "/model/meta.llama3/invoke", "{}").status, 400);
  EXPECT_EQ(post_embed(simulator, "/model/missing/invoke", "{}").status, 404);
}

TEST(BedrockEmbed, InvokesCohere) {
  Simulator simulator;
  const std::string path = "/model/cohere.embed-english-v3/invoke";
  const Json plain(post_embed(simulator, path, R"({"texts":["a","b"],"input_type":"search_query"})").body);
  EXPECT_EQ(numbers(plain.minified("/embeddings/1")).size(), 1024u);
  EXPECT_EQ(plain.text("/response_type"), "embeddings_floats");
  const Json typed(
      post_embed(simulator, path, R"({"texts":["a"],"input_type":"search_query","embedding_types":["int8"]})").body);
  EXPECT_EQ(numbers(typed.minified("/embeddings/int8/0")).size(), 1024u);
  EXPECT_EQ(typed.text("/response_type"), "embeddings_by_type");
  EXPECT_EQ(post_embed(simulator, path, R"({"texts":["a"]})").status, 400);
  EXPECT_EQ(post_embed(simulator, path, R"({"texts":)" + list(97, "\"a\"") + R"(,"input_type":"search_query"})").status,
            400);
}

TEST(Embedding, HasFaultsToo) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "match": {"path": "/v1/embeddings"}, "status": 500, "error": {}})")
                          .rule(R"({"times": 1, "fault": {"broken_json": 0}})")
                          .rule(R"({"fault": {"cut_after_bytes": 100}})"));
  const char* const body = R"({"model":"m","input":"hello"})";
  EXPECT_EQ(post_embed(simulator, "/v1/embeddings", body).status, 500);
  EXPECT_THROW(Json broken(post_embed(simulator, "/v1/embeddings", body).body), std::runtime_error);
  EXPECT_FALSE(post_embed(simulator, "/v1/embeddings", body).complete);
}

}  // namespace
}  // namespace antiphon::test
