// The README's table of providers over real sockets: what a cell says is done with the simulator, which refuses what
// the protocol does not have. What the table leaves out is in tests/unit/providers/readme_table_test.cpp.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include <antiphon/antiphon.hpp>
#include <antiphon/simulator.hpp>

#include "support/markdown.hpp"

namespace antiphon::test {
namespace {

/// How a provider of the table is met on the simulator.
struct Meeting {
  const char* protocol;  ///< as the table calls it
  const char* base;      ///< path of its base URL
  const char* model;
  const char* path;             ///< that a stream is asked for at
  const char* embedding_model;  ///< as the table says that it has none, any name
};

const std::map<std::string, Meeting> meetings = {
    {"openai", {"Chat Completions", "/v1", "gpt-4o", "/v1/chat/completions", "text-embedding-3-small"}},
    {"openai-responses", {"Responses", "/v1", "gpt-5", "/v1/responses", "text-embedding-3-small"}},
    {"azure", {"Chat Completions", "/openai/v1", "gpt-4o", "/openai/v1/chat/completions", "text-embedding-3-small"}},
    {"azure-responses", {"Responses", "/openai/v1", "gpt-5", "/openai/v1/responses", "text-embedding-3-small"}},
    {"anthropic", {"Messages", "", "claude-opus-4-5", "/v1/messages", "none"}},
    {"ollama", {"`/api/chat`", "", "qwen3:8b", "/api/chat", "nomic-embed-text"}},
    {"gemini", {"`:generateContent`", "", "gemini-2.5-flash", ":streamGenerateContent", "gemini-embedding-001"}},
    {"vertex",
     {"`:generateContent`", "/v1/projects/p/locations/global", "gemini-2.5-flash", ":streamGenerateContent",
      "gemini-embedding-001"}},
    {"anthropic-vertex",
     {"`:rawPredict`", "/v1/projects/p/locations/global", "claude-opus-4-1@20250805", ":streamRawPredict", "none"}},
    {"bedrock", {"Converse", "", "amazon.nova-pro-v1:0", "/converse-stream", "amazon.titan-embed-text-v2:0"}},
    {"bedrock-anthropic",
     {"`invoke`", "", "us.anthropic.claude-opus-4-5-20251101-v1:0", "/invoke-with-response-stream", "none"}},
    {"cohere", {"`/v2/chat`", "", "command-a-03-2025", "/v2/chat", "embed-v4.0"}},
};

/// Every provider lists it, that of Claude on Bedrock too.
constexpr const char* listed_model = "anthropic.claude-opus-4-5-20251101-v1:0";

Provider meet(const std::string& provider, const Simulator& simulator, const char* model) {
  const Meeting& meeting = meetings.at(provider);
  ModelConfig config(model, ProviderId(provider));
  config.base_url(simulator.url() + meeting.base).proxy("").retry_config(RetryConfig().max_attempts(1));
  if (provider.starts_with("bedrock")) {
    config.authenticator(AwsCredentials().access_key("id", "secret").region("eu-west-1"));
  } else if (provider.ends_with("vertex")) {
    config.authenticator(bearer_key("token"));
  } else {
    config.api_key("key");
  }
  return create_provider(std::move(config));
}

/// A stream with a tool and an image in the request and a call of the tool in the answer.
void expect_stream(const std::string& provider, const std::string& protocol) {
  const Meeting& meeting = meetings.at(provider);
  EXPECT_NE(protocol.find(meeting.protocol), protocol.npos) << provider << " speaks " << protocol;
  const Simulator simulator(
      Scenario().rule(R"({"answer": {"tool_calls": [{"name": "weather", "arguments": {"city": "Rome"}}]}})"));
  const Tool weather("weather", "Tells the weather.",
                     R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})");
  const Message look = Message(Role::user, "Look.").add(Part::image_url("data:image/png;base64,iVBORw0KGgo="));
  const Provider asked = meet(provider, simulator, meeting.model);
  const Result<Response> response =
      asked.stream(Messages().add(look), Options().tools(weather).max_tokens(100)).try_collect();
  ASSERT_TRUE(response) << provider << " " << response.error().what();
  ASSERT_EQ(response->tool_calls().size(), 1U) << provider;
  EXPECT_EQ(response->tool_calls()[0].name(), "weather") << provider;
  EXPECT_EQ(response->tool_calls()[0].arguments(), R"({"city":"Rome"})") << provider;
  for (const Warning& warning : response->warnings()) ADD_FAILURE() << provider << " " << warning.where();
  const std::string target = simulator.requests().at(0).target;
  EXPECT_NE(target.find(meeting.path), target.npos) << provider << " asked at " << target;
}

/// Whether there is an answer, where there is none because the provider has nothing of that kind.
template <class T>
bool is_there(const Result<T>& result, const std::string& provider) {
  if (result) return true;
  EXPECT_EQ(result.error().kind(), ErrorKind::unsupported) << provider << " " << result.error().what();
  return false;
}

TEST(ReadmeTable, IsTrueOfRealExchanges) {
  std::size_t met = 0;
  for (const std::vector<std::string>& cells : markdown_table("README.md", "<!-- table: providers -->").rows) {
    for (const auto& [provider, meeting] : meetings) {
      const std::string word = "`" + provider + "`";
      const std::string list = "`" + provider + ",";
      if (cells.at(0).find(word) == cells[0].npos && cells[0].find(list) == cells[0].npos) continue;
      SCOPED_TRACE(provider);
      ++met;
      EXPECT_EQ(cells.at(2), "yes");
      expect_stream(provider, cells.at(1));
      const Simulator simulator;
      const auto vectors = meet(provider, simulator, meeting.embedding_model).try_embed(Texts("a", "b"));
      EXPECT_EQ(is_there(vectors, provider), cells.at(4) == "yes");
      const Simulator listing(Scenario().model(listed_model));
      const auto models = meet(provider, listing, meeting.model).try_list_models();
      const bool listed = cells.at(5) == "yes" || (cells[5] == "yes; not on Vertex AI" && provider != "vertex");
      EXPECT_EQ(is_there(models, provider), listed);
      EXPECT_TRUE(!models || (models->size() == 1 && models->front().id() == listed_model));
    }
  }
  EXPECT_EQ(met, meetings.size());
}

}  // namespace
}  // namespace antiphon::test
