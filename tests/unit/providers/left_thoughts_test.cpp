// What a model thought goes back to the provider whose seal is on it (providers.md, traps 95 to 97). Others leave it
// out, with a warning that is no error when strict: another provider must be able to go on with the conversation.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <antiphon/codec.hpp>

#include "each_protocol.hpp"
#include "encoded.hpp"
#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

using Places = std::vector<std::string>;

EncodedRequest after_thought(const std::string& provider, const Part& thought, const Options& options = Options()) {
  const Messages messages =
      Messages().user("a").add(Message(Role::assistant).add(thought).add(Part::text("b"))).user("c");
  return encode(ModelConfig("m", ProviderId(provider)).base_url("http://h"), messages, options, false);
}

bool carries(const EncodedRequest& request, const char* text) {
  return request.http.body.find(text) != std::string::npos;
}

TEST(LeftThoughts, OfAnotherProviderAreWarnedOfStrictOrNot) {
  const Part thought = Part::reasoning("pondered").with_signature("elsewhere", "c2VhbA==");
  for (const std::string& provider : provider_of_each_protocol()) {
    for (const Options& options : {Options(), Options().strict()}) {
      const EncodedRequest request = after_thought(provider, thought, options);
      EXPECT_FALSE(carries(request, "c2VhbA==")) << provider;
      EXPECT_FALSE(carries(request, "pondered")) << provider;
      EXPECT_EQ(warned(request), Places{"messages/1/content/0"}) << provider;
    }
  }
}

TEST(LeftThoughts, ThatNobodySealedAreWarnedOfWhereASealIsNeeded) {
  for (const char* provider :
       {"openai-responses", "anthropic", "gemini", "bedrock", "bedrock-anthropic", "cohere", "anthropic-vertex"}) {
    const EncodedRequest request = after_thought(provider, Part::reasoning("pondered"));
    EXPECT_FALSE(carries(request, "pondered")) << provider;
    EXPECT_EQ(warned(request), Places{"messages/1/content/0"}) << provider;
  }
  // Cut off before its seal came.
  const Part unsealed = Part::reasoning("pondered").with_signature("anthropic", "");
  EXPECT_EQ(warned(after_thought("anthropic", unsealed)), Places{"messages/1/content/0"});
}

/// What an answer without a seal says that the model thought.
Part thought_in(const std::string& protocol, const std::string& bytes) {
  RecordedAnswer answer;
  answer.protocol = protocol;
  answer.bytes = bytes;
  const ReadAnswer read = read_answer(answer);
  EXPECT_TRUE(read.result) << read.as_json();
  return read.result->message().parts().at(0);
}

// Trap 95: they have no seals at Ollama (§5.2), and are its own all the same.
TEST(LeftThoughts, OfOllamaGoBackToOllamaAlone) {
  const Part thought = thought_in(
      "ollama",
      R"({"message":{"role":"assistant","content":"b","thinking":"pondered"},"done":true,"done_reason":"stop"})");
  const Part tagged = thought_in(
      "ollama",
      R"({"message":{"role":"assistant","content":"<think>pondered</think>b"},"done":true,"done_reason":"stop"})");
  for (const Part& each : {thought, tagged}) {
    for (const char* provider : {"ollama", "ollama-cloud"}) {
      const EncodedRequest request = after_thought(provider, each);
      EXPECT_TRUE(carries(request, R"("thinking":"pondered")")) << request.http.body;
      EXPECT_EQ(warned(request), Places()) << provider;
    }
    EXPECT_EQ(warned(after_thought("groq", each)), Places{"messages/1/content/0"});
  }
}

TEST(LeftThoughts, OfServersOfChatCompletionsAreNotForOllama) {
  const Part thought = thought_in(
      "openai-chat",
      R"({"choices":[{"message":{"role":"assistant","content":"b","reasoning_content":"pondered"},"finish_reason":"stop"}]})");
  EXPECT_EQ(thought.provider(), "openai");
  const EncodedRequest request = after_thought("ollama", thought);
  EXPECT_FALSE(carries(request, "pondered")) << request.http.body;
  EXPECT_EQ(warned(request), Places{"messages/1/content/0"});
  // Its own throws it away as it always does.
  EXPECT_EQ(warned(after_thought("openai", thought)), Places());
  EXPECT_EQ(warned(after_thought("groq", thought)), Places{"messages/1/content/0"});
}

// In a history of the user's own making.
TEST(LeftThoughts, ThatNobodyMarkedAreTheUsersWordToOllama) {
  const EncodedRequest request = after_thought("ollama", Part::reasoning("pondered"));
  EXPECT_TRUE(carries(request, R"("thinking":"pondered")")) << request.http.body;
  EXPECT_EQ(warned(request), Places());
}

// Trap 96: most servers of Chat Completions refuse what they thought, or throw it away. That is their way, not a loss.
TEST(LeftThoughts, AreTheUsualWayOfChatCompletions) {
  EXPECT_EQ(warned(after_thought("groq", Part::reasoning("pondered"))), Places());
  EXPECT_FALSE(carries(after_thought("groq", Part::reasoning("pondered")), "pondered"));
  const Part marked = Part::reasoning("pondered").with(OwnOptions("openrouter").set("reasoning_details", Json("[1]")));
  EXPECT_EQ(warned(after_thought("openrouter", marked)), Places());
  EXPECT_TRUE(carries(after_thought("openrouter", marked), R"("reasoning_details":[1])"));
  EXPECT_EQ(warned(after_thought("groq", marked)), Places{"messages/1/content/0"});
}

// Trap 96: DeepSeek refuses calls without the thought that led to them, wherever that was thought.
TEST(LeftThoughts, GoAlongWhereCallsNeedThem) {
  Message answer(Role::assistant);
  answer.add(Part::reasoning("pondered").with_signature("elsewhere", "c2VhbA==")).add(Part::tool_call("c", "f", "{}"));
  const Messages messages = Messages().user("a").add(answer).tool_result("c", "r");
  const EncodedRequest request = encode(ModelConfig("m", ProviderId("deepseek")), messages, Options(), false);
  EXPECT_TRUE(carries(request, R"("reasoning_content":"pondered")")) << request.http.body;
  EXPECT_EQ(warned(request), Places());
}

}  // namespace
}  // namespace antiphon::tests
