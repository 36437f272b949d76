// What a response said goes back in the next turn as it came, byte for byte (providers.md 0.4, 2.3).

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

class ReturnFixtures : public testing::TestWithParam<Fixture> {};

std::vector<Fixture> with_returns() {
  std::vector<Fixture> fixtures = load_fixtures("openai-responses", "returns");
  for (Fixture& fixture : load_fixtures("openai-responses", "results")) {
    if (!fixture.has("returns")) fixtures.push_back(std::move(fixture));
  }
  return fixtures;
}

std::string joined_field(const Fixture& fixture, std::string_view field) {
  std::string items;
  for (const std::string& item : fixture.texts(field)) items += (items.empty() ? "" : ",") + item;
  return items;
}

/// Which an item has at the provider that made it; empty for one that has none.
std::string id_of(const std::string& item) {
  const boost::json::value parsed = parse_json(item);
  const boost::json::value* id = parsed.as_object().if_contains("id");
  return id ? std::string(id->as_string()) : std::string();
}

/// The next turn: what was said, a result for each call, and a question.
Messages next_turn(const Response& response) {
  Messages messages = Messages().user("hi").add(response.message());
  for (const Part& part : response.message().parts()) {
    if (part.kind() == PartKind::tool_call) messages.tool_result(part.id(), "42");
  }
  return messages.user("and?");
}

std::string encoded_again(const Messages& messages, const char* provider) {
  const ModelConfig config = ModelConfig("m-1", provider).base_url("http://127.0.0.1:1/v1");
  return encode(config, messages, Options(), false).http.body;
}

TEST_P(ReturnFixtures, GoBackAsTheyCame) {
  const ReadAnswer read = read_answer(recorded(GetParam()));
  ASSERT_TRUE(read.result) << read.as_json();
  const std::string body = encoded_again(next_turn(*read.result), "openai-responses");
  const std::string items = joined_field(GetParam(), "returns");
  const std::string begin = R"({"role":"user","content":"hi"},)";
  if (!items.empty()) {
    EXPECT_NE(body.find(begin + items + ","), std::string::npos) << body << "\nwants\n" << items;
  }
  if (const std::string results = joined_field(GetParam(), "results"); !results.empty()) {
    EXPECT_NE(body.find(results + R"(,{"role":"user","content":"and?"})"), std::string::npos) << body;
  }
}

TEST_P(ReturnFixtures, GoToNobodyElse) {
  const ReadAnswer read = read_answer(recorded(GetParam()));
  ASSERT_TRUE(read.result) << read.as_json();
  for (const char* provider : {"azure-responses", "openai", "ollama"}) {
    const std::string body = encoded_again(next_turn(*read.result), provider);
    EXPECT_EQ(body.find("gAAAA"), std::string::npos) << provider << ": " << body;
    for (const std::string& item : GetParam().texts("returns")) {
      const std::string id = id_of(item);
      // Without an id it is what anybody would write who speaks this protocol.
      if (id.empty() && provider == std::string("azure-responses")) continue;
      EXPECT_EQ(body.find(id.empty() ? item : '"' + id + '"'), std::string::npos) << provider << ": " << body;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ReturnFixtures, testing::ValuesIn(with_returns()), test_name);

}  // namespace
}  // namespace antiphon::tests
