// What functions of tools take and give.

#include <gtest/gtest.h>

#include <antiphon/codec.hpp>

#include "unit/tools/world.hpp"

namespace antiphon::test {
namespace {

struct Weather {
  double degrees = 0;
  std::string sky;
};
void describe(Fields<Weather>& fields) {
  fields.field("degrees", &Weather::degrees);
  fields.field("sky", &Weather::sky);
}

/// The result of one call, as the model gets it.
Part result_of(const Tool& made, const std::string& arguments = R"({"city":"Oslo"})") {
  World world;
  world.say(Said().call("a1", made.name(), arguments));
  const Result<Response> result = world.chat(Options().tools(made));
  if (!result || result->history().size() != 2) throw std::runtime_error("the tool was not run");
  return result->history()[1].parts()[0];
}
std::string text_of(const Tool& made) {
  const Part part = result_of(made);
  return (part.is_error() ? "! " : "") + part.text();
}

constexpr const char* schema = R"({"type":"object","properties":{"city":{"type":"string"}}})";

std::string by_pointer(const Where& w) { return w.city; }

TEST(ToolFunctions, TakeADescribedStructAndTheCall) {
  EXPECT_EQ(text_of(tool("f", "", [](const Where& w) { return w.city; })), "Oslo");
  EXPECT_EQ(text_of(tool("f", "", [](Where w) { return std::move(w.city); })), "Oslo");
  EXPECT_EQ(text_of(tool("f", "", [](const Where& w, const ToolCall& c) { return w.city + c.id() + c.name(); })),
            "Osloa1f");
  EXPECT_EQ(text_of(tool("f", "", &by_pointer)), "Oslo");
  EXPECT_EQ(text_of(tool("f", "", std::function<std::string(const Where&)>(by_pointer))), "Oslo");
  EXPECT_EQ(result_of(tool("f", "", [](const ToolCall& c) { return c.id(); }), "{}").text(), "a1");
  EXPECT_EQ(result_of(tool("f", "", [] { return "none"; }), "{}").text(), "none");
}

TEST(ToolFunctions, OrJsonWithASchema) {
  EXPECT_EQ(text_of(tool("f", "", schema, [](const Json& a) { return a; })), R"({"city":"Oslo"})");
  EXPECT_EQ(text_of(tool("f", "", schema, [](const std::string& a) { return a.size(); })), "15");
  EXPECT_EQ(text_of(tool("f", "", schema, [](const Json& a, const ToolCall& c) { return a.text() + c.id(); })),
            R"({"city":"Oslo"}a1)");
  EXPECT_EQ(text_of(tool("f", "", schema, [](const std::string& a, const ToolCall& c) { return a + c.id(); })),
            R"({"city":"Oslo"}a1)");
  EXPECT_EQ(text_of(tool("f", "", schema, [](const ToolCall& c) { return c.arguments(); })), R"({"city":"Oslo"})");
  EXPECT_EQ(text_of(tool("f", "", schema, [] {})), "done");
}

TEST(ToolFunctions, GiveTextNumbersStructsListsAndNothing) {
  EXPECT_EQ(text_of(tool("f", "", [](const Where&) {})), "done");
  EXPECT_EQ(text_of(tool("f", "", [](const Where&) { return "literal"; })), "literal");
  EXPECT_EQ(text_of(tool("f", "", [](const Where&) { return true; })), "true");
  EXPECT_EQ(text_of(tool("f", "", [](const Where&) { return 7; })), "7");
  EXPECT_EQ(text_of(tool("f", "", [](const Where&) { return 0.5; })), "0.5");
  EXPECT_EQ(text_of(tool("f", "", [](const Where&) { return Json(R"({"a":1})"); })), R"({"a":1})");
  EXPECT_EQ(text_of(tool("f", "", [](const Where&) { return Weather{.degrees = 21.5, .sky = "clear"}; })),
            R"({"degrees":21.5,"sky":"clear"})");
  EXPECT_EQ(text_of(tool("f", "", [](const Where&) { return std::vector<Weather>(1); })),
            R"([{"degrees":0,"sky":""}])");
  EXPECT_EQ(text_of(tool("f", "", [](const Where&) { return std::map<std::string, int>{{"a", 1}}; })), R"({"a":1})");
  EXPECT_EQ(text_of(tool("f", "", [](const Where&) { return Part::text("part"); })), "part");
  EXPECT_EQ(text_of(tool("f", "",
                         [](const Where&) {
                           Response response;
                           response.choice(0).message().add(Part::text("an answer"));
                           return response;
                         })),
            "an answer");
}

TEST(ToolFunctions, GiveParts) {
  const auto f = tool("f", "", [](const Where&) {
    return std::vector<Part>{Part::text("a picture:"), Part::image("bytes", "image/png")};
  });
  const Part part = result_of(f);
  ASSERT_EQ(part.parts().size(), 2U);
  EXPECT_EQ(part.parts()[1].bytes(), "bytes");
}

ToolTask<std::string> slowly(std::string text) { co_return text; }

TEST(ToolFunctions, MayBeCoroutines) {
  EXPECT_EQ(text_of(tool("f", "", [](const Where& w) -> ToolTask<std::string> { co_return w.city; })), "Oslo");
  EXPECT_EQ(text_of(tool("f", "",
                         [](const Where& w) -> ToolTask<Weather> {
                           Weather weather;
                           weather.sky = co_await slowly(w.city);
                           co_return weather;
                         })),
            R"({"degrees":0,"sky":"Oslo"})");
  EXPECT_EQ(text_of(tool("f", "",
                         [](const Where&) -> ToolTask<std::string> {
                           throw std::runtime_error("not today");
                           co_return "";
                         })),
            "! not today");
  EXPECT_EQ(text_of(tool("f", "", schema, [](Json a) -> ToolTask<Json> { co_return a; })), R"({"city":"Oslo"})");
}

TEST(ToolFunctions, ThatAwaitMayGiveNothing) {
  std::string seen;
  const auto quiet = [&seen](const Where& w) -> ToolTask<void> {
    const std::string sky = co_await slowly(w.city);
    seen = sky;
  };
  EXPECT_EQ(text_of(tool("f", "", quiet)), text_of(tool("f", "", [](const Where&) {})));
  EXPECT_EQ(seen, "Oslo");
  const auto failing = [](const Where&) -> ToolTask<void> {
    throw std::runtime_error("not today");
    co_return;
  };
  EXPECT_EQ(text_of(tool("f", "", failing)), "! not today");
}

TEST(ToolFunctions, MayAskAnotherModel) {
  World world;
  const Provider other = world.provider();
  const auto expert = tool("expert", "", [&other](const Where& w) { return other.async_chat("Tell me of " + w.city); });
  world.say(Said().call("a1", "expert", R"({"city":"Oslo"})"));
  world.say(Said::text("A city in Norway."));
  world.say(Said::text("The expert knows."));
  const Result<Response> result = world.chat(Options().tools(expert));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->history()[1].parts()[0].text(), "A city in Norway.");
  EXPECT_EQ(result->content(), "The expert knows.");
  EXPECT_NE(world.bodies[1].find("Tell me of Oslo"), std::string::npos);
}

TEST(ToolFunctions, SchemasOfDescribedToolsAreSent) {
  Tool made = weather();
  EXPECT_EQ(
      made.parameters().text(),
      R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false})");
  const auto optional = tool("f", "", [](const Weather&) {});
  EXPECT_FALSE(optional.strict());
  EXPECT_EQ(Tool(optional).strict(true).parameters().text(), schema_of<Weather>(true).text());
  EXPECT_EQ(tool("f", "", [] {}).parameters().text(),
            R"({"type":"object","properties":{},"additionalProperties":false})");
}

TEST(ToolFunctions, JsonOfAnAnswerListsWhatWasRun) {
  World world;
  world.say(Said().call("a1", "weather", R"({"city":"O"})").call("a2", "nobody", "{}"));
  const Result<Response> result = world.chat(Options().tools(weather()));
  ASSERT_TRUE(result);
  EXPECT_NE(
      to_json(*result).find(
          R"("tool_runs":[{"id":"a1","name":"weather","result":"sunny in O","arguments":"{\"city\":\"O\"}"},)"
          R"({"id":"a2","name":"nobody","result":"there is no tool \"nobody\"; there are: weather","is_error":true,"arguments":"{}"}])"),
      std::string::npos)
      << to_json(*result);
  EXPECT_EQ(to_json(Chunk::tool_result(1, Part::tool_result("a1", "x", true, "f"))),
            R"({"kind":"tool_result","choice":0,"index":1,"id":"a1","name":"f","result":"x","is_error":true})");
}

}  // namespace
}  // namespace antiphon::test
