// Whose blocks and seals go back to a provider: its own, those of the provider its family is named after, and no others
// (providers.md, trap 95).

#include <gtest/gtest.h>

#include <string>

#include <antiphon/codec.hpp>
#include <antiphon/provider_row.hpp>

#include "fixture.hpp"

namespace antiphon::tests {
namespace {

ModelConfig my_claude(const std::string& like) {
  return ModelConfig("claude-sonnet-4-5", ProviderRow(Json(R"({"name":"mine","like":")" + like + "\"}")))
      .base_url("http://h/v1");
}

ModelConfig named(const char* provider) {
  return ModelConfig("claude-sonnet-4-5", ProviderId(provider)).base_url("http://h/v1");
}

/// Whether a seal that a provider gave is in a request to another, or to itself.
bool carries_seal(const ModelConfig& to, const std::string& from) {
  const Part thought = Part::reasoning("hm").with_signature(from, "c2VhbA==");
  const Messages history =
      Messages().user("a").add(Message(Role::assistant).add(thought).add(Part::text("b"))).user("c");
  return encode(to, history, Options(), false).http.body.find("c2VhbA==") != std::string::npos;
}

bool carries_block(const ModelConfig& to, const std::string& from, const std::string& raw) {
  const Messages history = Messages()
                               .user("a")
                               .add(Message(Role::assistant).add(Part::unknown(from, Json(raw))).add(Part::text("b")))
                               .user("c");
  return encode(to, history, Options(), false).http.body.find(raw) != std::string::npos;
}

TEST(OwnBlocks, SealsOfARowOfOnesOwnGoBackToIt) {
  for (const char* like : {"anthropic", "bedrock", "gemini"}) {
    EXPECT_TRUE(carries_seal(my_claude(like), "mine")) << like;
    EXPECT_FALSE(carries_seal(my_claude(like), "another")) << like;
  }
}

TEST(OwnBlocks, SealsGoToARowOfTheSameFamily) {
  EXPECT_TRUE(carries_seal(my_claude("anthropic"), "anthropic"));
  EXPECT_TRUE(carries_seal(my_claude("bedrock"), "bedrock"));
  for (const char* cloud : {"anthropic", "anthropic-vertex", "bedrock-anthropic"}) {
    EXPECT_TRUE(carries_seal(my_claude("anthropic"), cloud)) << cloud;
    EXPECT_TRUE(carries_seal(named("bedrock-anthropic"), cloud)) << cloud;
  }
  // Nothing is known of a seal of the one that the other takes.
  EXPECT_FALSE(carries_seal(my_claude("gemini"), "gemini"));
  EXPECT_FALSE(carries_seal(my_claude("vertex"), "gemini"));
}

TEST(OwnBlocks, BlocksGoToARowOfTheSameFamily) {
  const std::string raw = R"({"type":"mood","n":1.0})";
  for (const char* like : {"anthropic", "bedrock", "cohere"}) {
    EXPECT_TRUE(carries_block(my_claude(like), "mine", raw)) << like;
    EXPECT_TRUE(carries_block(my_claude(like), like, raw)) << like;
    EXPECT_FALSE(carries_block(my_claude(like), "another", raw)) << like;
  }
}

TEST(OwnBlocks, OpenAisApisDoNotKnowEachOthersBlocks) {
  const std::string raw = R"({"type":"mood","n":1.0})";
  EXPECT_TRUE(carries_block(my_claude("openai-responses"), "mine", raw));
  EXPECT_TRUE(carries_block(named("openai-responses"), "openai-responses", raw));
  EXPECT_FALSE(carries_block(named("openai-responses"), "openai", raw));
  EXPECT_FALSE(carries_block(my_claude("openai-responses"), "openai", raw));
}

}  // namespace
}  // namespace antiphon::tests
