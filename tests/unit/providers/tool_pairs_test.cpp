// Calls and results stay paired on every protocol (providers.md §1.3, §3.3, traps 72, 73): what is made up and what is
// left out has a warning, or is an error when strict.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <antiphon/codec.hpp>

#include "each_protocol.hpp"
#include "encoded.hpp"

namespace antiphon::tests {
namespace {

using Places = std::vector<std::string>;

EncodedRequest encoded_by(const std::string& provider, const Messages& messages, const Options& options = Options()) {
  Options with_tools = options;
  with_tools.tools(Tool("weather", "tells it"));
  return encode(ModelConfig("m", ProviderId(provider)).base_url("http://h"), messages, with_tools, false);
}

Places error_places(const std::string& provider, const Messages& messages, ErrorKind kind,
                    const Options& options = Options()) {
  try {
    encoded_by(provider, messages, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << provider;
    return {error.where()};
  }
  return {};
}

std::size_t count(const std::string& text, const std::string& piece) {
  std::size_t found = 0;
  for (std::size_t at = text.find(piece); at != text.npos; at = text.find(piece, at + 1)) ++found;
  return found;
}

Message calling(const char* id) { return Message(Role::assistant).add(Part::tool_call(id, "weather", "{}")); }

/// As when its middle was cut out: a call without a result, and a result without its call.
Messages cut() {
  return Messages().user("a").add(calling("call_1")).user("b").assistant("c").tool_result("call_2", "lost").user("d");
}

TEST(ToolPairs, WhatWasCutOffIsRepairedOnEveryProtocol) {
  for (const std::string& provider : provider_of_each_protocol()) {
    const EncodedRequest request = encoded_by(provider, cut());
    EXPECT_EQ(count(request.http.body, "no result"), 1U) << provider << ": " << request.http.body;
    EXPECT_EQ(count(request.http.body, "lost"), 0U) << provider << ": " << request.http.body;
    Places places = warned(request);
    ASSERT_GE(places.size(), 2U) << provider;
    places.resize(2);
    EXPECT_EQ(places, (Places{"messages/1/content/0", "messages/4/content/0"})) << provider;
  }
}

TEST(ToolPairs, StrictRepairsNothing) {
  for (const std::string& provider : provider_of_each_protocol()) {
    EXPECT_EQ(error_places(provider, cut(), ErrorKind::unsupported, Options().strict()), Places{"messages/1/content/0"})
        << provider;
    const Messages stray = Messages().user("a").tool_result("call_2", "lost").user("b");
    EXPECT_EQ(error_places(provider, stray, ErrorKind::unsupported, Options().strict()), Places{"messages/1/content/0"})
        << provider;
  }
}

TEST(ToolPairs, AWholeHistoryHasNoWarning) {
  const Messages whole = Messages().user("a").add(calling("call_1")).tool_result("call_1", "rain").user("b");
  for (const std::string& provider : provider_of_each_protocol()) {
    EXPECT_EQ(warned(encoded_by(provider, whole, Options().strict())), Places()) << provider;
  }
}

TEST(ToolPairs, NothingButStrayResultsIsAnError) {
  for (const std::string& provider : provider_of_each_protocol()) {
    EXPECT_EQ(error_places(provider, Messages().tool_result("x", "lost"), ErrorKind::invalid_request),
              Places{"messages/0/content/0"})
        << provider;
  }
}

TEST(ToolPairs, AResultIsNoAttachment) {
  for (const std::string& provider : provider_of_each_protocol()) {
    EXPECT_EQ(
        error_places(provider, "a", ErrorKind::invalid_request, Options().attach(Part::tool_result("call_1", "rain"))),
        Places{"attachments/0"})
        << provider;
  }
}

TEST(ToolPairs, AResultBelongsToNobodyElse) {
  const Part result = Part::tool_result("call_1", "rain", false, "weather");
  for (const std::string& provider : provider_of_each_protocol()) {
    for (const Role role : {Role::system, Role::assistant}) {
      const Messages messages =
          Messages().user("a").add(calling("call_1")).user("b").add(Message(role).add(result)).user("c");
      EXPECT_EQ(error_places(provider, messages, ErrorKind::invalid_request), Places{"messages/3/content/0"})
          << provider << " " << role;
    }
  }
}

// Ids may be missing altogether (trap 62): then the name tells. Only some protocols can say it without one.
TEST(ToolPairs, AResultWithoutAnIdGoesByItsName) {
  Messages messages = Messages().user("a").add(
      Message(Role::assistant).add(Part::tool_call("", "time", "{}")).add(Part::tool_call("", "weather", "{}")));
  messages.add(Message(Role::tool).add(Part::tool_result("", "noon", false, "time")));
  messages.add(Message(Role::tool).add(Part::tool_result("", "rain", false, "weather")));
  EXPECT_EQ(warned(encoded_by("ollama", messages)), Places());
  EXPECT_EQ(warned(encoded_by("gemini", messages)), Places());
  for (const char* provider : {"openai", "openai-responses", "anthropic", "bedrock", "cohere"}) {
    EXPECT_EQ(error_places(provider, messages, ErrorKind::invalid_request), Places{"messages/1/content/0"}) << provider;
    const Messages nameless = Messages()
                                  .user("a")
                                  .add(calling("call_1"))
                                  .add(Message(Role::tool).add(Part::tool_result("", "rain", false, "weather")));
    EXPECT_EQ(error_places(provider, nameless, ErrorKind::invalid_request), Places{"messages/2/content/0"}) << provider;
  }
  const Messages named = Messages()
                             .user("a")
                             .add(calling("call_1"))
                             .add(Message(Role::tool).add(Part::tool_result("", "rain", false, "weather")));
  EXPECT_EQ(warned(encoded_by("ollama", named)), Places());
}

// providers.md §2.3: an item may stand for one that the server keeps.
TEST(ToolPairs, WhatAnItemStandsForIsNotKnown) {
  Messages messages = Messages().user("a");
  messages.add(Message(Role::assistant)
                   .add(Part::unknown("openai-responses", Json(R"({"type":"item_reference","id":"fc_1"})"))));
  messages.tool_result("call_1", "rain");
  const EncodedRequest request = encoded_by("openai-responses", messages);
  EXPECT_EQ(count(request.http.body, R"({"type":"function_call_output","call_id":"call_1","output":"rain"})"), 1U)
      << request.http.body;
  EXPECT_EQ(warned(request), Places());
}

}  // namespace
}  // namespace antiphon::tests
