// What is left of the tools of a call at a provider that has none of them, as the second one of a fallback: nothing,
// and nothing that speaks of tools.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <antiphon/codec.hpp>

#include "each_protocol.hpp"
#include "fixture.hpp"

namespace antiphon::tests {
namespace {

EncodedRequest encoded_elsewhere(const std::string& provider, const Options& options) {
  return encode(ModelConfig("m", ProviderId(provider)).base_url("http://h"), "Hi", options, false);
}

Options with_tools_of(const std::string& whom) {
  return Options().tools(Tool::provider_defined(whom, R"({"type":"a"})"),
                         Tool::provider_defined(whom, R"({"type":"b"})"));
}

std::size_t noted(const EncodedRequest& request, const std::string& where) {
  return static_cast<std::size_t>(std::count_if(request.warnings.begin(), request.warnings.end(),
                                                [&](const Warning& warning) { return warning.where() == where; }));
}

TEST(ToolsOfOthers, AreNotSentAndNotedOnce) {
  for (const std::string& provider : provider_of_each_protocol()) {
    const EncodedRequest request = encoded_elsewhere(provider, with_tools_of("nobody"));
    const boost::json::value body = parse_json(request.http.body);
    for (const char* name : {"tools", "toolConfig", "tool_choice"}) {
      EXPECT_FALSE(body.as_object().contains(name)) << provider << ": " << request.http.body;
    }
    EXPECT_EQ(noted(request, "tools/0"), 1u) << provider;
    EXPECT_EQ(noted(request, "tools/1"), 1u) << provider;
    EXPECT_EQ(request.warnings.size(), 2u) << provider;
  }
}

TEST(ToolsOfOthers, TakeTheChoiceAlong) {
  for (const std::string& provider : provider_of_each_protocol()) {
    const EncodedRequest request = encoded_elsewhere(
        provider, with_tools_of("nobody").tool_choice(ToolChoice::Kind::required).parallel_tool_calls(false));
    for (const char* word : {"tool_choice", "toolChoice", "toolConfig", "parallel_tool", "required", "any"}) {
      EXPECT_EQ(request.http.body.find(word), std::string::npos) << provider << ": " << request.http.body;
    }
    EXPECT_EQ(noted(request, "tool_choice"), 1u) << provider;
    // Anthropic's option is a member of the choice.
    EXPECT_EQ(noted(request, "parallel_tool_calls"), provider.ends_with("anthropic") ? 0u : 1u) << provider;
  }
}

TEST(ToolsOfOthers, AFunctionBesideThemIsSentAlone) {
  for (const std::string& provider : provider_of_each_protocol()) {
    Options options = with_tools_of("nobody");
    options.tools(Tool("f", "d"));
    const EncodedRequest request = encoded_elsewhere(provider, options);
    EXPECT_NE(request.http.body.find("\"f\""), std::string::npos) << provider << ": " << request.http.body;
    EXPECT_EQ(request.http.body.find(R"("type":"a")"), std::string::npos) << provider;
    EXPECT_EQ(request.warnings.size(), 2u) << provider;
  }
}

TEST(ToolsOfOthers, AreAnErrorWhereNothingMayBeLost) {
  for (const std::string& provider : provider_of_each_protocol()) {
    try {
      encoded_elsewhere(provider, with_tools_of("nobody").strict());
      ADD_FAILURE() << provider;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::unsupported);
      EXPECT_EQ(error.where(), "tools/0") << provider;
    }
  }
}

TEST(ToolsOfOthers, DoNotKeepCohereFromAnsweringInJson) {
  const EncodedRequest request =
      encoded_elsewhere("cohere", with_tools_of("nobody").response_format(JsonSchema(R"({"type":"object"})")));
  EXPECT_NE(request.http.body.find("response_format"), std::string::npos) << request.http.body;
}

TEST(ToolsOfOthers, AreMadeUpFromTheHistoryAtBedrock) {
  const Messages history =
      Messages().user("a").add(Message(Role::assistant).add(Part::tool_call("c", "f", "{}"))).tool_result("c", "1");
  const EncodedRequest request =
      encode(ModelConfig("m", ProviderId("bedrock")).base_url("http://h"), history, with_tools_of("nobody"), false);
  EXPECT_NE(request.http.body.find(R"("tools":[{"toolSpec":{"name":"f")"), std::string::npos) << request.http.body;
  EXPECT_EQ(noted(request, "tools"), 1u);
}

}  // namespace
}  // namespace antiphon::tests
