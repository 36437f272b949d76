// Every key of `options`, of a model and of a chain.

#include "support.hpp"

namespace antiphon::config_test {
namespace {

using namespace std::chrono_literals;

Options options(std::string_view settings) {
  return model("[models.m.options]\n" + std::string(settings)).options().value();
}

TEST(OptionKeys, Numbers) {
  const Options read = options(R"(
temperature = 0.25
top_p = 1
top_k = 40
max_tokens = 100
seed = -3
presence_penalty = -2
frequency_penalty = 0.5
logprobs = 5
n = 2
)");
  EXPECT_EQ(read.temperature(), 0.25);
  EXPECT_EQ(read.top_p(), 1.0);
  EXPECT_EQ(read.top_k(), 40);
  EXPECT_EQ(read.max_tokens(), 100);
  EXPECT_EQ(read.seed(), -3);
  EXPECT_EQ(read.presence_penalty(), -2.0);
  EXPECT_EQ(read.frequency_penalty(), 0.5);
  EXPECT_EQ(read.logprobs_requested(), 5);
  EXPECT_EQ(read.n(), 2);
  EXPECT_EQ(options("logprobs = true").logprobs_requested(), 0);
}

TEST(OptionKeys, TheToolLoop) {
  const ToolLoop loop = *options(R"(
tool_loop = { max_steps = 3, max_calls = 4, max_time = "5s", max_cost = 0.25, at_limit = "answer", concurrency = 6, tool_timeout = "7s", max_result_bytes = 8 }
)")
                             .tool_loop();
  EXPECT_EQ(loop.max_steps(), 3);
  EXPECT_EQ(loop.max_calls(), 4);
  EXPECT_EQ(loop.max_time(), 5s);
  EXPECT_EQ(loop.max_cost(), Money("0.25"));
  EXPECT_EQ(loop.at_limit(), AtToolLimit::answer);
  EXPECT_EQ(loop.concurrency(), 6);
  EXPECT_EQ(loop.tool_timeout(), 7s);
  EXPECT_EQ(loop.max_result_bytes(), 8U);
  EXPECT_EQ(options("tool_loop = { max_cost = 2 }").tool_loop()->max_cost(), Money("2"));
  EXPECT_EQ(options("tool_loop = { max_cost = 0.0000007 }").tool_loop()->max_cost(), Money("0.0000007"));
  EXPECT_EQ(options("tool_loop = { max_cost = \"0.123456789012345678\" }").tool_loop()->max_cost(),
            Money("0.123456789012345678"));
}

TEST(OptionKeys, WrongLimitsOfTheToolLoopAreNamed) {
  const auto expect = [](const std::string& limit, const std::string& key, const std::string& words) {
    const Error error = refused("[models.m]\nprovider = \"ollama\"\nmodel = \"x\"\noptions.tool_loop." + limit);
    EXPECT_EQ(error.where(), "models.m.options.tool_loop." + key);
    EXPECT_TRUE(has(error.message(), words)) << error.message();
  };
  expect("max_cost = -1", "max_cost", "no amount");
  expect("max_cost = \"much\"", "max_cost", "no amount");
  expect("max_cost = inf", "max_cost", "");
  expect("max_cost = 0", "max_cost", "more than zero");
  expect("max_steps = 0", "max_steps", "at least 1");
  expect("max_time = \"0s\"", "max_time", "longer than zero");
  expect("max_result_bytes = 0", "max_result_bytes", "at least 1");
  expect("at_limit = \"stop\"", "at_limit", "fail, answer");
  expect("max_costs = 1", "max_costs", "max_cost");
}

TEST(OptionKeys, Texts) {
  const Options read = options(R"(
stop = ["END", "\n\n"]
user = "team-7"
metadata = { project = "search", "a b" = "c" }
reasoning_effort = "low"
)");
  EXPECT_EQ(read.stop(), (std::vector<std::string>{"END", "\n\n"}));
  EXPECT_EQ(read.user(), "team-7");
  EXPECT_EQ(read.metadata(), (std::vector<std::pair<std::string, std::string>>{{"project", "search"}, {"a b", "c"}}));
  EXPECT_EQ(read.reasoning_effort(), "low");
  EXPECT_EQ(options(R"(stop = "X")").stop(), std::vector<std::string>{"X"});
}

TEST(OptionKeys, WhatMayBeFetched) {
  EXPECT_FALSE(options("seed = 1").fetch_policy());
  EXPECT_EQ(options("fetch_urls = true").fetch_policy(), FetchPolicy());
  EXPECT_FALSE(options("fetch_urls = false").fetch_policy()->allowed());
  const Options read = options(R"(
[models.m.options.fetch_urls]
max_bytes = 1000
max_total_bytes = 2000
timeout = "1500ms"
max_redirects = 0
private_addresses = true
)");
  FetchPolicy expected;
  expected.max_bytes(1000).max_total_bytes(2000).timeout(1500ms).max_redirects(0).private_addresses();
  EXPECT_EQ(read.fetch_policy(), expected);
}

TEST(OptionKeys, TheFormOfTheAnswer) {
  EXPECT_EQ(options(R"(response_format = "json")").response_format()->kind(), ResponseFormat::Kind::json);
  EXPECT_EQ(options(R"(response_format = "text")").response_format()->kind(), ResponseFormat::Kind::text);
  const Options read = options(R"(
[models.m.options.response_format]
type = "object"
required = ["zone", "area"]
[models.m.options.response_format.properties]
zone = { type = "string" }
area = { type = "number", minimum = 0.5 }
)");
  ASSERT_TRUE(read.response_format()->schema());
  // In the order of the file: models fill the fields in that order.
  EXPECT_EQ(read.response_format()->schema()->schema().text(),
            R"({"type":"object","required":["zone","area"],"properties":{"zone":{"type":"string"},)"
            R"("area":{"type":"number","minimum":0.5}}})");
}

TEST(OptionKeys, Tools) {
  const Options read = options(R"(
tool_choice = { name = "weather" }
parallel_tool_calls = false
[[models.m.options.tools]]
name = "weather"
description = "Current weather"
parameters = { type = "object", properties = { city = { type = "string" } } }
strict = true
[[models.m.options.tools]]
name = "clock"
[[models.m.options.tools]]
name = "text"
parameters = '{"type":"object"}'
)");
  ASSERT_EQ(read.tools().size(), 3U);
  EXPECT_EQ(read.tools()[0].name(), "weather");
  EXPECT_EQ(read.tools()[0].description(), "Current weather");
  EXPECT_EQ(read.tools()[0].parameters().text(), R"({"type":"object","properties":{"city":{"type":"string"}}})");
  EXPECT_EQ(read.tools()[0].strict(), true);
  EXPECT_EQ(read.tools()[1].parameters(), Tool("", "").parameters());
  EXPECT_FALSE(read.tools()[1].strict());
  EXPECT_EQ(read.tools()[2].parameters().text(), R"({"type":"object"})");
  EXPECT_EQ(read.tool_choice()->kind(), ToolChoice::Kind::named);
  EXPECT_EQ(read.tool_choice()->name(), "weather");
  EXPECT_EQ(read.parallel_tool_calls(), false);
  EXPECT_EQ(options(R"(tool_choice = "required")").tool_choice()->kind(), ToolChoice::Kind::required);
}

TEST(OptionKeys, AboutTheCall) {
  const Options read = options(R"(
continue_with = "next"
timeouts = { total = "30s" }
deadline = "1m"
headers = { X-Trace = "on" }
strict = true
raw_events = true
)");
  EXPECT_EQ(read.continue_with(), Continuation::next);
  EXPECT_EQ(read.timeouts().total(), 30s);
  EXPECT_EQ(read.deadline_after(), 60s);
  EXPECT_EQ(read.headers(), (std::vector<std::pair<std::string, std::string>>{{"X-Trace", "on"}}));
  EXPECT_TRUE(read.strict());
  EXPECT_TRUE(read.raw_events());
  EXPECT_EQ(options(R"(continue_with = "same")").continue_with(), Continuation::same);
  EXPECT_EQ(options(R"(continue_with = "none")").continue_with(), Continuation::none);
}

TEST(OptionKeys, OfOneProviderAlone) {
  const Options read = options(R"(
own = { num_ctx = 8192, keep_alive = "5m", deep = { list = [1, 2.5, true], text = "q\"" } }
)");
  const auto& named = read.named_options();
  ASSERT_EQ(named.size(), 3U);
  EXPECT_EQ(named[0], std::pair(std::string("num_ctx"), Json("8192")));
  EXPECT_EQ(named[1], std::pair(std::string("keep_alive"), Json("\"5m\"")));
  EXPECT_EQ(named[2], std::pair(std::string("deep"), Json(R"({"list":[1,2.5,true],"text":"q\""})")));
}

TEST(OptionKeys, OfFamiliesOfProviders) {
  const Options read = options("with = { ollama = { num_ctx = 1, think = false }, openai = { store = true } }");
  ASSERT_EQ(read.own_options().size(), 2U);
  EXPECT_EQ(read.own_options()[0], OwnOptions("ollama").set("num_ctx", 1).set("think", false));
  EXPECT_EQ(read.own_options()[1], OwnOptions("openai").set("store", true));
}

TEST(OptionKeys, ToolsThatProvidersRunOrKnowMoreAbout) {
  const Options read = options(R"(
tools = [
  { provider = "openai", definition = { type = "web_search" } },
  { name = "t", with = { anthropic = { cache_control = { type = "ephemeral" } } } },
]
)");
  EXPECT_EQ(read.tools()[0].provider(), "openai");
  EXPECT_EQ(read.tools()[0].raw().text(), R"({"type":"web_search"})");
  ASSERT_EQ(read.tools()[1].own_options().size(), 1U);
  EXPECT_EQ(read.tools()[1].own_options()[0].family(), "anthropic");
  EXPECT_EQ(read.tools()[1].own_options()[0].fields()[0].second, Json(R"({"type":"ephemeral"})"));
}

TEST(OptionKeys, PatchesAndQuery) {
  const Options read = options(R"(
patches = { "/a/b" = [1], "/c" = "text" }
query = { api-version = "2024" }
)");
  using Patches = std::vector<std::pair<std::string, Json>>;
  EXPECT_EQ(read.patches(), (Patches{{"/a/b", "[1]"}, {"/c", "\"text\""}}));
  EXPECT_EQ(read.query_fields(), (std::vector<std::pair<std::string, std::string>>{{"api-version", "2024"}}));
}

TEST(OptionKeys, ExtraFields) {
  EXPECT_EQ(options(R"(extra = { logit_bias = { "50256" = -100 } })").extras().front().text(),
            R"({"logit_bias":{"50256":-100}})");
  EXPECT_EQ(options(R"(extra = '{"a": null}')").extras().front().text(), R"({"a": null})");
}

// What a call says wins, and the rest is completed.

TEST(Completing, EachSettingByItself) {
  Options defaults;
  defaults.temperature(0.1).max_tokens(5).stop("a").seed(1).user("d").timeouts(Timeouts().connect(1s).total(2s));
  defaults.strict().deadline(5s).continue_with(Continuation::next).reasoning_effort("low");
  Options call;
  call.temperature(0.9).stop("b").timeouts(Timeouts().total(9s)).strict(false);
  call.complete_with(defaults);
  EXPECT_EQ(call.temperature(), 0.9);
  EXPECT_EQ(call.max_tokens(), 5);
  EXPECT_EQ(call.stop(), std::vector<std::string>{"b"}) << "a list is one setting";
  EXPECT_EQ(call.seed(), 1);
  EXPECT_EQ(call.user(), "d");
  EXPECT_EQ(call.timeouts().connect(), 1s);
  EXPECT_EQ(call.timeouts().total(), 9s);
  EXPECT_FALSE(std::as_const(call).strict()) << "off is a setting too";
  EXPECT_EQ(call.deadline_after(), 5s);
  EXPECT_EQ(call.continue_with(), Continuation::next);
  EXPECT_EQ(call.reasoning_effort(), "low");
}

TEST(Completing, TheOtherSettings) {
  Options defaults;
  defaults.top_p(0.5).top_k(3).presence_penalty(1).frequency_penalty(-1).logprobs(2).n(2).response_format("json");
  defaults.tools(Tool("t", "d")).tool_choice(ToolChoice::Kind::none).parallel_tool_calls(true).images("http://i");
  defaults.raw_events();
  std::stop_source source;
  defaults.cancel_on(source.get_token());
  const Options call = Options().complete_with(defaults);
  EXPECT_EQ(call.top_p(), 0.5);
  EXPECT_EQ(call.top_k(), 3);
  EXPECT_EQ(call.presence_penalty(), 1.0);
  EXPECT_EQ(call.frequency_penalty(), -1.0);
  EXPECT_EQ(call.logprobs_requested(), 2);
  EXPECT_EQ(call.n(), 2);
  EXPECT_EQ(call.response_format()->kind(), ResponseFormat::Kind::json);
  EXPECT_EQ(call.tools().size(), 1U);
  EXPECT_EQ(call.tool_choice()->kind(), ToolChoice::Kind::none);
  EXPECT_EQ(call.parallel_tool_calls(), true);
  EXPECT_EQ(call.attachments().size(), 1U);
  EXPECT_TRUE(call.raw_events());
  EXPECT_TRUE(call.stop_token().stop_possible());
}

TEST(Completing, NamesakesDoNotMeet) {
  Options defaults;
  defaults.metadata("a", "1").metadata("b", "2").header("X-A", "1").header("X-B", "2").extra(R"({"x":1})");
  defaults.option("num_ctx", 1).option("keep", 2).option("temperature", 0.1).option("max_tokens", 7);
  Options call;
  call.metadata("a", "9").header("x-a", "9").extra(R"({"x":9})").option("num_ctx", 9).temperature(0.9);
  call.complete_with(defaults);
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(call.metadata(), (Pairs{{"b", "2"}, {"a", "9"}}));
  EXPECT_EQ(call.headers(), (Pairs{{"X-B", "2"}, {"x-a", "9"}}));
  EXPECT_EQ(call.extras(), (std::vector<Json>{R"({"x":1})", R"({"x":9})"})) << "the later ones win";
  const auto& named = call.named_options();
  ASSERT_EQ(named.size(), 3U);
  EXPECT_EQ(named[0].first, "keep");
  EXPECT_EQ(named[1].first, "max_tokens");
  EXPECT_EQ(named[2], std::pair(std::string("num_ctx"), Json("9")));
}

TEST(Completing, TheLaterOfTwoFieldsWinsAndThatIsTheCalls) {
  Options defaults;
  defaults.with(OwnOptions("ollama").set("num_ctx", 1)).extra("/a", "1").query("q", "1").query("r", "1");
  defaults.option("num_ctx", 1);
  Options call;
  call.with(OwnOptions("ollama").set("num_ctx", 9)).extra("/a", "9").query("q", "9");
  call.complete_with(defaults);
  EXPECT_EQ(call.own_options().back(), OwnOptions("ollama").set("num_ctx", 9));
  EXPECT_EQ(call.own_options().size(), 2U);
  EXPECT_TRUE(call.named_options().empty()) << "one by name would win over the call's own";
  EXPECT_EQ(call.patches().back().second, Json("9"));
  EXPECT_EQ(call.query_fields(), (std::vector<std::pair<std::string, std::string>>{{"r", "1"}, {"q", "9"}}));
}

TEST(Completing, ADeadlineIsOneSettingInBothForms) {
  const auto soon = std::chrono::steady_clock::now();
  EXPECT_FALSE(Options().deadline(soon).complete_with(Options().deadline(5s)).deadline_after());
  EXPECT_FALSE(Options().deadline(5s).complete_with(Options().deadline(soon)).deadline());
  EXPECT_EQ(Options().complete_with(Options().deadline(soon)).deadline(), soon);
}

}  // namespace
}  // namespace antiphon::config_test
