// Whose own options, fields and tools a provider takes: those under its family, its name or its protocol, for every
// protocol alike.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <antiphon/codec.hpp>
#include <antiphon/provider_row.hpp>

#include "each_protocol.hpp"
#include "fixture.hpp"
#include "providers/codec.hpp"
#include "providers/embedding_codec.hpp"

namespace antiphon::tests {
namespace {

/// A row of the user's own, named otherwise than its family.
ModelConfig mine_like(const std::string& like) {
  return ModelConfig("m", ProviderRow(Json(R"({"name":"mine","like":")" + like + "\"}"))).base_url("http://h/v1");
}

/// The words that a row like that may be called by.
std::vector<std::string> words_for(const std::string& like) {
  const codec::Preset& preset = *codec::find_preset(like);
  return {"mine", preset.family, preset.protocol};
}

std::string body_as(const std::string& like, const Options& options, const Messages& messages = "Hi") {
  return encode(mine_like(like), messages, options, false).http.body;
}

TEST(OwnOptions, CountByFamilyNameAndProtocol) {
  for (const std::string& like : provider_of_each_protocol()) {
    for (const std::string& word : words_for(like)) {
      const std::string body = body_as(like, Options().with(OwnOptions(word).set("oddity", 7)).strict());
      EXPECT_NE(body.find(R"("oddity":7)"), std::string::npos) << like << " as " << word << ": " << body;
    }
    const std::string other = body_as(like, Options().with(OwnOptions("nobody").set("oddity", 7)).strict());
    EXPECT_EQ(other.find("oddity"), std::string::npos) << like << ": " << other;
  }
}

TEST(OwnOptions, ACommonOptionUnderTheNameOfTheProviderIsSet) {
  for (const std::string& like : provider_of_each_protocol()) {
    const std::string body = body_as(like, Options().with(OwnOptions("mine").set("temperature", 0.25)).strict());
    EXPECT_NE(body.find(R"("temperature":0.25)"), std::string::npos) << like << ": " << body;
  }
}

TEST(OwnOptions, ToolsCountByFamilyNameAndProtocol) {
  for (const std::string& like : provider_of_each_protocol()) {
    for (const std::string& word : words_for(like)) {
      const Tool tool = Tool::provider_defined(word, R"({"type": "oddity"})");
      const std::string body = body_as(like, Options().tools(tool).strict());
      EXPECT_NE(body.find(R"({"type": "oddity"})"), std::string::npos) << like << " as " << word << ": " << body;
    }
  }
}

TEST(OwnOptions, OfEmbeddingsToo) {
  codec::Preset preset = *codec::find_preset("cohere");
  preset.name = "mine";
  const codec::Target target{&preset, "m", "http://h"};
  for (const char* word : {"mine", "cohere"}) {
    const Request request =
        codec::embedding_request(Texts("a"), EmbeddingOptions().with(OwnOptions(word).set("oddity", 7)));
    const codec::EmbeddingAsk ask(request, preset);
    const std::string body = codec::find_embedding_codec(target)->encode(ask, target).http.body;
    EXPECT_NE(body.find(R"("oddity":7)"), std::string::npos) << word << ": " << body;
  }
}

TEST(OwnOptions, OfPartsAndToolsAtBedrock) {
  const auto mark = [](const std::string& word) { return OwnOptions(word).set("cachePoint", Json(R"({"type":"x"})")); };
  const std::string written = R"({"cachePoint":{"type":"x"}})";
  for (const std::string& word : words_for("bedrock")) {
    const auto count = [&](const Messages& messages, const Options& options = Options()) {
      const std::string body = body_as("bedrock", options, messages);
      std::size_t found = 0;
      for (std::size_t at = body.find(written); at != body.npos; at = body.find(written, at + 1)) ++found;
      return found;
    };
    EXPECT_EQ(count(Messages().add(Message(Role::user).add(Part::text("a").with(mark(word))).with(mark(word)))), 2u);
    EXPECT_EQ(count("Hi", Options().tools(Tool("f", "").with(mark(word)))), 1u);
    const Part guarded = Part::text("a").with(OwnOptions(word).set("guardContent", Json("[]")));
    const std::string body = body_as("bedrock", Options(), Messages().add(Message(Role::user).add(guarded)));
    EXPECT_NE(body.find(R"("guardContent":{"text":{"text":"a"}})"), std::string::npos) << body;
    const Part image = Part::image("a", "image/png").with(OwnOptions(word).set("oddity", 7));
    EXPECT_NE(body_as("bedrock", Options(), Messages().add(Message(Role::user).add(image))).find(R"("oddity":7)"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace antiphon::tests
