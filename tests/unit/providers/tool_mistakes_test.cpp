// The same mistake with tools is told in the same words and at the same place, whichever provider is asked.

#include <gtest/gtest.h>

#include <string>

#include <antiphon/codec.hpp>

#include "each_protocol.hpp"

namespace antiphon::tests {
namespace {

EncodedRequest encoded_with_tools(const std::string& provider, const Messages& messages, const Options& options) {
  return encode(ModelConfig("m", ProviderId(provider)).base_url("http://h"), messages, options, false);
}

/// `kind at where: message` of what encoding throws.
std::string mistake(const std::string& provider, const Messages& messages, const Options& options = Options()) {
  try {
    encoded_with_tools(provider, messages, options);
  } catch (const Error& error) {
    return std::string(to_string(error.kind())) + " at " + error.where() + ": " + error.message();
  }
  return "none";
}

TEST(ToolMistakes, AToolThatIsNotThereCannotBeChosen) {
  const Messages hi = Messages().user("Hi");
  const Options choice = Options().tool_choice(ToolChoice::named("wether"));
  for (const std::string& provider : provider_of_each_protocol()) {
    EXPECT_EQ(mistake(provider, hi, Options(choice).tools(Tool("weather", "d"))),
              "invalid_request at tool_choice: there is no tool \"wether\"")
        << provider;
    EXPECT_EQ(mistake(provider, hi, Options(choice).tools(Tool("weather", "d"), Tool("wether", "d"))), "none");
  }
}

TEST(ToolMistakes, NamesOfToolsThatAProviderRunsAreItsOwn) {
  const Tool search = Tool::provider_defined("anthropic", R"({"type":"web_search_20250305","name":"web_search"})");
  const Options options = Options().tools(Tool("weather", "d"), search).tool_choice(ToolChoice::named("web_search"));
  EXPECT_EQ(mistake("anthropic", Messages().user("Hi"), options), "none");
}

TEST(ToolMistakes, AChoiceWithoutTools) {
  for (const ToolChoice::Kind kind : {ToolChoice::Kind::required, ToolChoice::Kind::automatic}) {
    for (const std::string& provider : provider_of_each_protocol()) {
      if (provider == "ollama") continue;  // it has no choice at all
      const EncodedRequest request = encoded_with_tools(provider, Messages().user("Hi"), Options().tool_choice(kind));
      ASSERT_EQ(request.warnings.size(), 1u) << provider;
      EXPECT_EQ(request.warnings[0].where(), "tool_choice") << provider;
      EXPECT_NE(request.warnings[0].message().find("there are no tools"), std::string::npos) << provider;
    }
  }
}

TEST(ToolMistakes, CallsAndResultsWithoutIds) {
  for (const std::string& provider : provider_of_each_protocol()) {
    // Their calls need none.
    if (provider == "gemini" || provider == "ollama") continue;
    const Messages without_id = Messages().user("Hi").add(Message(Role::assistant).add(Part::tool_call("", "f", "{}")));
    EXPECT_EQ(mistake(provider, without_id), "invalid_request at messages/1/content/0: a tool call needs an id")
        << provider;
    const Messages lost = Messages()
                              .user("Hi")
                              .add(Message(Role::assistant).add(Part::tool_call("a", "f", "{}")))
                              .add(Message(Role::tool).add(Part::tool_result("", "22", false, "f")));
    EXPECT_EQ(mistake(provider, lost),
              "invalid_request at messages/2/content/0: a tool result needs the id of its call")
        << provider;
  }
}

}  // namespace
}  // namespace antiphon::tests
