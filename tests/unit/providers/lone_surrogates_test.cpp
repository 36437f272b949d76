// Halves of surrogate pairs that a model wrote, and that servers refuse (providers.md §0.1): what is sent as JSON is
// mended as texts are, and told of.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <antiphon/codec.hpp>

#include "encoded.hpp"

namespace antiphon::tests {
namespace {

ModelConfig surrogate_model(const std::string& provider) {
  return ModelConfig("m", ProviderId(provider)).base_url("http://h/v1");
}

Messages with_surrogate_call(const Part& call, const std::string& result = "1") {
  return Messages().user("Hi").add(Message(Role::assistant).add(call)).tool_result("a", result);
}

EncodedRequest sent_with(const std::string& provider, const Part& call, const std::string& result = "1") {
  return encode(surrogate_model(provider), with_surrogate_call(call, result), Options().tools(Tool("f", "d")), false);
}

bool body_has(const EncodedRequest& request, const char* text) {
  return request.http.body.find(text) != std::string::npos;
}

// Trap 67: these take the arguments as an object.
const std::vector<std::string> takes_argument_objects = {"anthropic", "bedrock", "bedrock-anthropic", "gemini",
                                                         "ollama"};

TEST(LoneSurrogates, InArgumentsAreReplacedAndTold) {
  const Part call = Part::tool_call("a", "f", R"({"a":"x\ud83d","b":"\ud83d\ude00"})");
  for (const std::string& provider : takes_argument_objects) {
    const EncodedRequest request = sent_with(provider, call);
    EXPECT_TRUE(body_has(request, R"({"a":"x\ufffd","b":"\ud83d\ude00"})")) << provider << request.http.body;
    EXPECT_EQ(warned(request), std::vector<std::string>{"messages/1/content/0"}) << provider;
  }
}

TEST(LoneSurrogates, DoNotEndAConversationWhereNothingMayBeLost) {
  const Part call = Part::tool_call("a", "f", R"({"a":"\uDE00"})");
  for (const std::string& provider : takes_argument_objects) {
    const Options options = Options().tools(Tool("f", "d")).strict();
    const EncodedRequest request = encode(surrogate_model(provider), with_surrogate_call(call), options, false);
    EXPECT_TRUE(body_has(request, R"({"a":"\ufffd"})")) << provider;
  }
}

TEST(LoneSurrogates, WhereThereAreNoneNothingIsChanged) {
  const Part call = Part::tool_call("a", "f", R"({"a":"\ud83d\ude00 \\ud83d \u00e9"})");
  for (const std::string& provider : takes_argument_objects) {
    const EncodedRequest request = sent_with(provider, call);
    EXPECT_TRUE(body_has(request, R"({"a":"\ud83d\ude00 \\ud83d \u00e9"})")) << provider;
    EXPECT_TRUE(request.warnings.empty()) << provider;
  }
}

TEST(LoneSurrogates, InBlocksThatGoBackAsTheyCame) {
  struct ReturnedBlock {
    const char* provider;
    const char* raw;
    const char* sent;
  };
  const ReturnedBlock blocks[] = {
      {"anthropic", R"({"type":"new","x":"\ud83d"})", R"({"type":"new","x":"\ufffd"})"},
      {"bedrock", R"({"new":{"x":"\ud83d"}})", R"({"new":{"x":"\ufffd"}})"},
      {"cohere", R"({"type":"new","x":"\ud83d"})", R"({"type":"new","x":"\ufffd"})"},
      {"gemini", R"({"new":{"x":"\ud83d"}})", R"({"new":{"x":"\ufffd"}})"},
      {"openai", R"({"type":"new","x":"\ud83d"})", R"({"type":"new","x":"\ufffd"})"},
      {"openai-responses", R"({"type":"new","x":"\ud83d"})", R"({"type":"new","x":"\ufffd"})"},
  };
  for (const ReturnedBlock& block : blocks) {
    const Part part = Part::unknown(block.provider, Json(block.raw));
    const Messages history =
        Messages().user("Hi").add(Message(Role::assistant).add(part).add(Part::text("b"))).user("c");
    const EncodedRequest request = encode(surrogate_model(block.provider), history, Options(), false);
    EXPECT_TRUE(body_has(request, block.sent)) << block.provider << request.http.body;
    EXPECT_EQ(warned(request), std::vector<std::string>{"messages/1/content/0"}) << block.provider;
  }
}

TEST(LoneSurrogates, InAResultThatIsAnObjectOfGeminis) {
  const EncodedRequest request = sent_with("gemini", Part::tool_call("a", "f", "{}"), R"({"a":"\ud83d"})");
  EXPECT_TRUE(body_has(request, R"("response":{"a":"\ufffd"})")) << request.http.body;
  EXPECT_EQ(warned(request), std::vector<std::string>{"messages/2/content/0"});
}

}  // namespace
}  // namespace antiphon::tests
