// What Bedrock's Converse takes beside the fixtures: typed options, marks on parts, media by their bytes, what goes
// back.

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include <antiphon/bedrock.hpp>
#include <antiphon/codec.hpp>
#include <antiphon/credentials.hpp>

#include "encoded.hpp"
#include "fixture.hpp"
#include "providers/aws_region.hpp"
#include "providers/codec.hpp"
#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

constexpr const char* host = "https://bedrock-runtime.eu-west-1.amazonaws.com";

ModelConfig nova() { return ModelConfig("amazon.nova-pro-v1:0", providers::bedrock).base_url(host); }
ModelConfig claude_on_bedrock() {
  return ModelConfig("anthropic.claude-opus-4-5-v1:0", providers::bedrock).base_url(host);
}

EncodedRequest bedrock_encoded(const Messages& messages, const Options& options = Options(), bool stream = false) {
  return encode(nova(), messages, options, stream);
}

boost::json::value bedrock_body(const Messages& messages, const Options& options = Options(), bool stream = false) {
  return parse_json(bedrock_encoded(messages, options, stream).http.body);
}

boost::json::value field(const bedrock::Options& own, const char* name, bool stream = false) {
  return bedrock_body("Hi", Options().with(own), stream).at(name);
}

boost::json::value content_of(const Messages& messages, std::size_t message = 0) {
  return bedrock_body(messages).at("messages").at(message).at("content");
}

TEST(Bedrock, TypedOptionsOfACall) {
  expect_json(R"({"guardrailIdentifier":"g\"1","guardrailVersion":"DRAFT","trace":"enabled"})",
              field(bedrock::Options().guardrail("g\"1", "DRAFT").guardrail_trace("enabled"), "guardrailConfig"));
  expect_json(R"({"latency":"optimized"})", field(bedrock::Options().latency("optimized"), "performanceConfig"));
  expect_json(R"({"type":"flex"})", field(bedrock::Options().service_tier("flex"), "serviceTier"));
  expect_json(
      R"({"top_k":50,"stop":["a"],"on":true})",
      field(bedrock::Options().model_field("top_k", 50).model_field("stop", Json(R"(["a"])")).model_field("on", true),
            "additionalModelRequestFields"));
  expect_json(R"({"thinking":{"type":"enabled","budget_tokens":2048}})",
              field(bedrock::Options().thinking_budget(2048), "additionalModelRequestFields"));
  expect_json(R"(["/stop_sequence","/a"])",
              field(bedrock::Options().response_field("/stop_sequence").response_field("/a"),
                    "additionalModelResponseFieldPaths"));
}

TEST(Bedrock, HowAStreamIsGuardedIsSaidToStreamsAlone) {
  const auto own = bedrock::Options().guardrail("g", "1").guardrail_stream("async");
  expect_json(R"({"guardrailIdentifier":"g","guardrailVersion":"1","streamProcessingMode":"async"})",
              field(own, "guardrailConfig", true));
  expect_json(R"({"guardrailIdentifier":"g","guardrailVersion":"1"})", field(own, "guardrailConfig", false));
}

TEST(Bedrock, ARegionMovesTheCall) {
  const auto url = bedrock_encoded("Hi", Options().with(bedrock::Options().region("us-gov-west-1"))).http.url;
  EXPECT_EQ(url, "https://bedrock-runtime.us-gov-west-1.amazonaws.com/model/amazon.nova-pro-v1%3A0/converse");
}

TEST(Bedrock, OptionsOfAnotherFamilyAreNotMeantForIt) {
  const EncodedRequest request =
      bedrock_encoded("Hi", Options().with(OwnOptions("cohere").set("priority", 1)).strict());
  EXPECT_EQ(request.http.body.find("priority"), std::string::npos);
}

TEST(Bedrock, CachePointsStandBehindWhatTheyMark) {
  const std::string mark = R"({"cachePoint":{"type":"default"}})";
  expect_json("[{\"text\":\"a\"}," + mark + ",{\"text\":\"b\"}]",
              content_of(Messages().add(
                  Message(Role::user).add(Part::text("a").with(bedrock::cache_point())).add(Part::text("b")))));
  expect_json("[{\"text\":\"a\"}," + mark + "]",
              content_of(Messages().add(Message(Role::user, "a").with(bedrock::cache_point()))));
  expect_json(
      R"([{"text":"s"},{"cachePoint":{"type":"default","ttl":"1h"}}])",
      bedrock_body(one(Part::text("s").with(bedrock::cache_point("1h")), Role::system).user("Hi")).at("system"));
  const Tool tool = Tool("f", "d", R"({"type":"object"})").with(bedrock::cache_point());
  expect_json(R"([{"toolSpec":{"name":"f","description":"d","inputSchema":{"json":{"type":"object"}}}},)" + mark + "]",
              bedrock_body("Hi", Options().tools(tool)).at("toolConfig").at("tools"));
}

TEST(Bedrock, ACachePointEscapesItsTime) {
  expect_json(R"([{"text":"a"},{"cachePoint":{"type":"default","ttl":"5\"m"}}])",
              content_of(one(Part::text("a").with(bedrock::cache_point("5\"m")))));
}

TEST(Bedrock, AToolOfItsOwn) {
  const Tool tool = Tool::provider_defined("bedrock", R"({"systemTool":{"name":"nova_grounding"}})");
  expect_json(R"([{"systemTool":{"name":"nova_grounding"}}])",
              bedrock_body("Hi", Options().tools(tool)).at("toolConfig").at("tools"));
  const EncodedRequest other = bedrock_encoded(
      "Hi", Options().tools(Tool::provider_defined("openai", "{}"), Tool("f", "d", R"({"type":"object"})")));
  ASSERT_EQ(other.warnings.size(), 1U);
  EXPECT_EQ(other.warnings[0].where(), "tools/0");
}

TEST(Bedrock, ATextForTheGuardrail) {
  expect_json(R"([{"guardContent":{"text":{"text":"a"}}},{"text":"b"}])",
              content_of(Messages().add(
                  Message(Role::user).add(Part::text("a").with(bedrock::guarded())).add(Part::text("b")))));
  expect_json(R"([{"guardContent":{"text":{"text":"a","qualifiers":["query"]}}}])",
              content_of(one(Part::text("a").with(bedrock::guarded(R"(["query"])")))));
}

TEST(Bedrock, ADocumentThatMayBeCited) {
  expect_json(
      R"json([{"document":{"format":"pdf","name":"My file (1)","source":{"bytes":"AAEC"},"citations":{"enabled":true}}},
                  {"text":"."}])json",
      content_of(one(
          Part::document(std::string("\0\1\2", 3), "application/pdf", "My  file (1).pdf").with(bedrock::citations()))));
}

TEST(Bedrock, MediaByTheirBytes) {
  expect_json(R"([{"image":{"format":"webp","source":{"bytes":"YWJj"}}}])",
              content_of(one(Part::image("abc", "image/webp"))));
  expect_json(R"([{"document":{"format":"md","name":"document","source":{"bytes":"YWJj"}}},{"text":"."}])",
              content_of(one(Part::document("abc", "text/markdown; charset=utf-8"))));
  // The name tells what the type does not.
  expect_json(R"([{"document":{"format":"xlsx","name":"a","source":{"bytes":"YWJj"}}},{"text":"."}])",
              content_of(one(Part::document("abc", "", "a.XLSX"))));
}

TEST(Bedrock, NamesOfDocumentsAreNoLongerThanTheyMayBe) {
  const auto content = content_of(one(Part::document("abc", "text/plain", std::string(500, 'a') + ".txt")));
  EXPECT_LE(content.at(0).at("document").at("name").as_string().size(), 200U);
}

// Trap 71: an id of another provider is replaced, the same for call and result.
TEST(Bedrock, CallAndResultStayAPair) {
  const std::string id = "call|öl/1";
  const Messages messages =
      Messages().user("Hi").add(Message(Role::assistant).add(Part::tool_call(id, "f", "{}"))).tool_result(id, "1");
  const boost::json::value body = bedrock_body(messages, Options().tools(Tool("f", "d")));
  const auto called = body.at("messages").at(1).at("content").at(0).at("toolUse").at("toolUseId").as_string();
  EXPECT_EQ(called, body.at("messages").at(2).at("content").at(0).at("toolResult").at("toolUseId").as_string());
  EXPECT_LE(called.size(), 64U);
  EXPECT_EQ(
      std::string_view(called).find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-"),
      std::string_view::npos);
}

TEST(Bedrock, AResultOfSeveralParts) {
  std::vector<Part> parts{Part::text("a"), Part::text(" "), Part::image("abc", "image/png"), Part::audio("a", "wav")};
  const Messages messages = Messages()
                                .user("Hi")
                                .add(Message(Role::assistant).add(Part::tool_call("a", "f", "{}")))
                                .add(Message(Role::tool).add(Part::tool_result("a", parts, true)));
  const EncodedRequest request = bedrock_encoded(messages, Options().tools(Tool("f", "d")));
  expect_json(
      R"([{"toolResult":{"toolUseId":"a","content":[{"text":"a"},{"image":{"format":"png","source":{"bytes":"YWJj"}}}],
                  "status":"error"}}])",
      parse_json(request.http.body).at("messages").at(2).at("content"));
  ASSERT_EQ(request.warnings.size(), 1U);
  EXPECT_EQ(request.warnings[0].where(), "messages/2/content/0");
}

TEST(Bedrock, TextThatIsNotUtf8NamesItsPlace) {
  for (const Messages& messages : {one(Part::text("\xff")), one(Part::tool_call("\xff", "f", "{}"), Role::assistant)}) {
    try {
      bedrock_encoded(messages);
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
      EXPECT_EQ(error.where(), "messages/0/content/0");
    }
  }
}

/// What a whole answer gives, as the message that goes back.
Message answered_by_bedrock(const char* content) {
  RecordedAnswer answer;
  answer.protocol = "bedrock";
  answer.bytes = std::string(R"({"output":{"message":{"role":"assistant","content":)") + content +
                 R"(}},"stopReason":"tool_use"})";
  const ReadAnswer read = read_answer(answer);
  EXPECT_TRUE(read.result) << read.as_json();
  return read.result->message();
}

TEST(Bedrock, AnAnswerGoesBackAsItCame) {
  const char* content =
      R"([{"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}},)"
      R"({"reasoningContent":{"redactedContent":"AAEC"}},{"text":"Hello 世界 🎈"},)"
      R"({"citationsContent":{"content":[{"text":"x"}],"citations":[{"title":"T","location":{"z":1.0}}]}},)"
      R"({"hologram":{"z":1.0,"n":123456789012345678901234567890}},)"
      R"({"toolUse":{"toolUseId":"t.1:a","name":"f","input":{"z":1.0,"a":[]}}}])";
  Messages messages = Messages().user("Hi").add(answered_by_bedrock(content)).tool_result("t.1:a", "1");
  const EncodedRequest request = bedrock_encoded(messages, Options().tools(Tool("f", "d")));
  for (const char* block :
       {R"({"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}})",
        R"({"reasoningContent":{"redactedContent":"AAEC"}})", R"({"text":"Hello 世界 🎈"})",
        R"({"citationsContent":{"content":[{"text":"x"}],"citations":[{"title":"T","location":{"z":1.0}}]}})",
        R"({"hologram":{"z":1.0,"n":123456789012345678901234567890}})", R"("name":"f","input":{"z":1.0,"a":[]})"}) {
    EXPECT_NE(request.http.body.find(block), std::string::npos) << block << "\n" << request.http.body;
  }
  EXPECT_TRUE(request.warnings.empty());
}

TEST(Bedrock, AnAnswerOfAnotherProviderLosesItsSeals) {
  const Messages messages = Messages().user("Hi").add(Message(Role::assistant)
                                                          .add(Part::reasoning("hm").with_signature("anthropic", "sig"))
                                                          .add(Part::unknown("openai", R"({"type":"x"})"))
                                                          .add(Part::text("Yes")));
  const EncodedRequest request = bedrock_encoded(Messages(messages).user("Go"));
  expect_json(R"([{"text":"Yes"}])", parse_json(request.http.body).at("messages").at(1).at("content"));
  ASSERT_EQ(request.warnings.size(), 2U);
  EXPECT_EQ(request.warnings[0].where(), "messages/1/content/0");
  EXPECT_EQ(request.warnings[1].where(), "messages/1/content/1");
}

// Trap 80: thinking that was switched off by name lets a tool be forced.
TEST(Bedrock, AToolIsForcedWhereItCanBe) {
  const Options options = Options().tools(Tool("f", "d")).tool_choice(ToolChoice::Kind::required);
  const auto choice = [&](const Options& with) {
    return parse_json(encode(claude_on_bedrock(), "Hi", with, false).http.body).at("toolConfig").at("toolChoice");
  };
  expect_json(R"({"any":{}})", choice(options));
  expect_json(R"({"auto":{}})", choice(Options(options).with(bedrock::Options().thinking_budget(1024))));
}

TEST(Bedrock, ModelsAreListedByTheControlPlane) {
  const codec::Codec& codec = *codec::find_codec("bedrock");
  const codec::Target target{codec::find_preset("bedrock"), {}, host};
  EXPECT_EQ(codec.list_models(target, "").url, "https://bedrock.eu-west-1.amazonaws.com/foundation-models");
  const codec::Target own{codec::find_preset("bedrock"), {}, "http://localhost:1"};
  EXPECT_EQ(codec.list_models(own, "").url, "http://localhost:1/foundation-models");
  const codec::ModelPage page =
      codec.models(R"({"modelSummaries":[{"modelId":"a","modelName":"A"},{"modelName":"none"},{"modelId":"b:0"}]})");
  ASSERT_EQ(page.models.size(), 2U);
  EXPECT_EQ(page.models[1].id(), "b:0");
}

Environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

TEST(Region, ComesFromCredentialsElseFromTheEnvironment) {
  const std::string url = "https://bedrock-runtime.{region}.amazonaws.com";
  const Environment environment = variables({{"AWS_REGION", "eu-west-1"}, {"AWS_CONFIG_FILE", "/nonexistent"}});
  const auto key = bearer_key("k");
  EXPECT_EQ(codec::fill_region(url, *key, environment), "https://bedrock-runtime.eu-west-1.amazonaws.com");
  const auto told = codec::in_region(key, "us-west-2");
  EXPECT_EQ(codec::fill_region(url, *told, environment), "https://bedrock-runtime.us-west-2.amazonaws.com");
  EXPECT_EQ(codec::fill_region("http://localhost:1", *told, environment), "http://localhost:1");
  const std::shared_ptr<Authenticator> credentials = AwsCredentials().access_key("a", "b").region("ap-south-1");
  EXPECT_EQ(codec::fill_region(url, *credentials, environment), "https://bedrock-runtime.ap-south-1.amazonaws.com");
}

TEST(Region, StandsInTheNameOfTheHost) {
  EXPECT_EQ(codec::with_region("https://bedrock-runtime-fips.us-east-1.amazonaws.com/x", "us-west-2"),
            "https://bedrock-runtime-fips.us-west-2.amazonaws.com/x");
  EXPECT_EQ(codec::with_region("https://bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-northwest-1"),
            "https://bedrock-runtime.cn-northwest-1.amazonaws.com.cn");
  EXPECT_EQ(codec::with_region("https://example.com", "us-west-2"), "https://example.com");
}

TEST(Region, AnAuthenticatorThatWasToldOneStillAuthorizes) {
  HttpRequest request;
  request.url = "http://localhost/";
  bool done = false;
  codec::in_region(bearer_key("k"), "us-west-2")
      ->authorize(request, std::chrono::system_clock::time_point(), [&](std::optional<Error> error) {
        EXPECT_FALSE(error);
        done = true;
      });
  EXPECT_TRUE(done);
  EXPECT_EQ(request.headers.get("authorization"), "Bearer k");
}

}  // namespace
}  // namespace antiphon::tests
