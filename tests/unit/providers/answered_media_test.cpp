// Pictures and recordings in answers, in a conversation that goes on with another provider (providers.md §1.3, §3.3,
// §4.3): nothing of them ends it, and what was said goes on as text.

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

const std::string place = "messages/1/content/0";

EncodedRequest after_answer(const std::string& provider, const Part& answer, const Options& options = Options()) {
  const Messages messages = Messages().user("a").add(Message(Role::assistant).add(answer)).user("c");
  return encode(ModelConfig("m", ProviderId(provider)).base_url("http://h"), messages, options, false);
}

bool carries(const EncodedRequest& request, const char* text) {
  return request.http.body.find(text) != std::string::npos;
}

void expect_unsupported(const std::string& provider, const Part& answer) {
  try {
    after_answer(provider, answer, Options().strict());
    ADD_FAILURE() << provider;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported) << provider;
    EXPECT_EQ(error.where(), place) << provider;
  }
}

/// What OpenAI spoke (providers.md §1.6).
Part spoken_by_openai() {
  RecordedAnswer answer;
  answer.protocol = "openai-chat";
  answer.bytes =
      R"({"choices":[{"index":0,"message":{"role":"assistant","content":null,)"
      R"("audio":{"id":"audio_1","data":"UklGRg==","expires_at":1,"transcript":"It rains."}},"finish_reason":"stop"}]})";
  const ReadAnswer read = read_answer(answer);
  EXPECT_TRUE(read.result) << read.as_json();
  return read.result->message().parts().at(0);
}

TEST(AnsweredMedia, ARecordingIsItsTranscriptForEverybodyElse) {
  const Part spoken = spoken_by_openai();
  std::vector<std::string> others = provider_of_each_protocol();
  std::erase(others, "openai");
  for (const char* server : {"mistral", "groq", "openrouter", "vllm"}) others.emplace_back(server);
  for (const std::string& provider : others) {
    const EncodedRequest request = after_answer(provider, spoken);
    EXPECT_TRUE(carries(request, "It rains.")) << provider << ": " << request.http.body;
    EXPECT_FALSE(carries(request, "audio_1")) << provider << ": " << request.http.body;
    EXPECT_EQ(warned(request), Places{place}) << provider;
    expect_unsupported(provider, spoken);
  }
}

TEST(AnsweredMedia, ARecordingGoesBackByItsIdToWhoSpoke) {
  const Part spoken = spoken_by_openai();
  EXPECT_EQ(spoken.provider(), "openai");
  const EncodedRequest request = after_answer("openai", spoken);
  EXPECT_TRUE(carries(request, R"("content":null,"audio":{"id":"audio_1"})")) << request.http.body;
  EXPECT_EQ(warned(request), Places());
  // What another provider spoke has an id too.
  const Part elsewhere = Part::audio("RIFF", {}, "It rains.", "audio_1").with_signature("elsewhere", {});
  EXPECT_FALSE(carries(after_answer("openai", elsewhere), "audio_1"));
  EXPECT_EQ(warned(after_answer("openai", elsewhere)), Places{place});
}

// In a history of the user's own making nobody's mark is on it; Mistral answers the field with 422 (providers.md §6.2).
TEST(AnsweredMedia, AnUnmarkedIdGoesWhereItIsNotRefused) {
  const Part named = Part::audio({}, {}, {}, "audio_1");
  EXPECT_TRUE(carries(after_answer("openai", named), "audio_1"));
  EXPECT_FALSE(carries(after_answer("mistral", named), "audio_1"));
  EXPECT_EQ(warned(after_answer("mistral", named)), Places{place});
}

TEST(AnsweredMedia, ARecordingOfWhichNobodyKnowsTheWordsIsLeftOut) {
  const Part silent = Part::audio("RIFF", {}, " ").with_signature("elsewhere", {});
  for (const std::string& provider : provider_of_each_protocol()) {
    const EncodedRequest request = after_answer(provider, silent);
    EXPECT_EQ(warned(request), Places{place}) << provider;
    EXPECT_FALSE(carries(request, "UklGRg")) << provider << ": " << request.http.body;
    expect_unsupported(provider, silent);
  }
}

TEST(AnsweredMedia, WhatIsNoTextInUtf8IsAnError) {
  const Part broken = Part::audio("RIFF", {}, "\xff").with_signature("elsewhere", {});
  for (const std::string& provider : provider_of_each_protocol()) {
    EXPECT_THROW(after_answer(provider, broken), Error) << provider;
  }
}

// Gemini takes audio as parts of either role (providers.md §4.3).
TEST(AnsweredMedia, ARecordingOfAKnownTypeIsAudioForGemini) {
  const Part typed = Part::audio("RIFF", "wav", "It rains.", "audio_1").with_signature("elsewhere", {});
  const EncodedRequest request = after_answer("gemini", typed);
  EXPECT_TRUE(carries(request, R"("inlineData":{"mimeType":"audio/wav","data":"UklGRg=="})")) << request.http.body;
  EXPECT_EQ(warned(request), Places{place + "/transcript"});
}

TEST(AnsweredMedia, APictureEndsNoConversation) {
  const std::string png("\x89PNG\r\n\x1a\n\0 picture", 16);
  for (const std::string& provider : provider_of_each_protocol()) {
    for (const char* type : {"image/png", ""}) {
      const EncodedRequest request = after_answer(provider, Part::image(png, type));
      const bool kept = carries(request, "iVBORw0KGgo");
      EXPECT_EQ(warned(request), kept ? Places() : Places{place}) << provider << ", " << type;
      if (!kept) expect_unsupported(provider, Part::image(png, type));
    }
  }
}

// Claude takes pictures of the user's alone (providers.md §3.3), on Converse too.
TEST(AnsweredMedia, ClaudeSeesNoPictureOfItsOwnSide) {
  const Messages messages =
      Messages().user("a").add(Message(Role::assistant).add(Part::image("\x89PNG\r\n\x1a\n", "image/png"))).user("c");
  const ModelConfig claude = ModelConfig("anthropic.claude-opus-4-5-v1:0", providers::bedrock).base_url("http://h");
  EXPECT_EQ(warned(encode(claude, messages, Options(), false)), Places{place});
}

TEST(AnsweredMedia, ADocumentEndsNoConversation) {
  for (const std::string& provider : provider_of_each_protocol()) {
    const EncodedRequest request = after_answer(provider, Part::document("Words.", "text/plain"));
    const bool kept = carries(request, "V29yZHMu");
    EXPECT_EQ(warned(request).empty(), kept) << provider << ": " << request.http.body;
  }
}

}  // namespace
}  // namespace antiphon::tests
