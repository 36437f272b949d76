// What Anthropic's own options do to a request (providers.md §3.2 to §3.5, §3.10), at every level that they have.

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include <boost/json/serialize.hpp>

#include <antiphon/anthropic.hpp>
#include <antiphon/codec.hpp>

#include "encoded.hpp"
#include "fixture.hpp"
#include "providers/codec.hpp"

namespace antiphon::tests {
namespace {

constexpr const char* mark = R"({"type":"ephemeral","ttl":"5m"})";

ModelConfig claude(const std::string& model = "claude-opus-4-6") { return ModelConfig(model, providers::anthropic); }

EncodedRequest claude_encoded(const Options& options, const Messages& messages = "hi",
                              const std::string& model = "claude-opus-4-6") {
  return encode(claude(model), messages, options, false);
}

boost::json::value body(const Options& options, const Messages& messages = "hi",
                        const std::string& model = "claude-opus-4-6") {
  return parse_json(claude_encoded(options, messages, model).http.body);
}

using Places = std::vector<std::string>;

Error refused(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ErrorKind::internal, "");
}

#define EXPECT_JSON(text, value) EXPECT_EQ(difference(parse_json(text), value), std::nullopt)

std::string budget(int tokens) { return R"({"type":"enabled","budget_tokens":)" + std::to_string(tokens) + "}"; }

TEST(AnthropicOptions, ThinkingBudget) {
  const boost::json::value sent = body(Options().with(anthropic::Options().thinking_budget(4096)));
  EXPECT_JSON(budget(4096), sent.at("thinking"));
  // The answer has its room beside the thoughts (trap 94).
  EXPECT_EQ(sent.at("max_tokens").as_int64(), 36'096);
}

TEST(AnthropicOptions, ThinkingBudgetInsideALimit) {
  const Options fits = Options().max_tokens(5000).with(anthropic::Options().thinking_budget(4999));
  EXPECT_EQ(body(fits).at("max_tokens").as_int64(), 5000);
  for (const int tokens : {5000, 9000, 1023, -1}) {
    const Options options = Options().max_tokens(5000).with(anthropic::Options().thinking_budget(tokens));
    const Error error = refused([&] { claude_encoded(options); });
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request) << tokens;
    EXPECT_EQ(error.where(), "thinking") << tokens;
  }
}

TEST(AnthropicOptions, ThinkingBudgetWhereTheModelTakesNone) {
  const Options options = Options().with(anthropic::Options().thinking_budget(4096));
  const EncodedRequest request = claude_encoded(options, "hi", "claude-opus-4-7");
  EXPECT_JSON(R"({"type":"adaptive"})", parse_json(request.http.body).at("thinking"));
  EXPECT_EQ(warned(request), Places{"thinking"});
  const Error error = refused([&] { claude_encoded(Options(options).strict(), "hi", "claude-opus-4-7"); });
  EXPECT_EQ(error.kind(), ErrorKind::unsupported);
  EXPECT_EQ(error.where(), "thinking");
  EXPECT_EQ(warned(claude_encoded(options, "hi", "claude-3-5-sonnet-20241022")), Places{"thinking"});
}

TEST(AnthropicOptions, ThinkingAsItSeesFit) {
  const Options options = Options().with(anthropic::Options().thinking_adaptive());
  EXPECT_JSON(R"({"type":"adaptive"})", body(options).at("thinking"));
  const EncodedRequest older = claude_encoded(options, "hi", "claude-sonnet-4-5");
  EXPECT_JSON(budget(16384), parse_json(older.http.body).at("thinking"));
  EXPECT_EQ(warned(older), Places{"thinking"});
}

TEST(AnthropicOptions, ThinkingOff) {
  const Options options = Options().with(anthropic::Options().thinking_off());
  EXPECT_JSON(R"({"type":"disabled"})", body(options, "hi", "claude-sonnet-5").at("thinking"));
  const EncodedRequest always = claude_encoded(options, "hi", "claude-sonnet-5-5");
  EXPECT_FALSE(parse_json(always.http.body).as_object().contains("thinking"));
  EXPECT_EQ(warned(always), Places{"thinking"});
}

TEST(AnthropicOptions, Effort) {
  EXPECT_JSON(R"({"effort":"max"})", body(Options().with(anthropic::Options().effort("max"))).at("output_config"));
}

TEST(AnthropicOptions, OptionsWithoutANameOfTheirOwn) {
  const boost::json::value sent =
      body(Options().with(anthropic::Options().service_tier("standard_only").inference_geo("us")));
  EXPECT_EQ(sent.at("service_tier").as_string(), "standard_only");
  EXPECT_EQ(sent.at("inference_geo").as_string(), "us");
  anthropic::Options own;
  own.set("speed", "fast").set("top_k", 5);
  EXPECT_EQ(body(Options().with(own)).at("speed").as_string(), "fast");
  EXPECT_EQ(body(Options().with(own)).at("top_k").as_int64(), 5);
}

TEST(AnthropicOptions, TopKUserAndMetadata) {
  EXPECT_EQ(body(Options().top_k(5)).at("top_k").as_int64(), 5);
  EXPECT_JSON(R"({"user_id":"u"})", body(Options().user("u")).at("metadata"));
  EXPECT_JSON(R"({"user_id":"u"})", body(Options().metadata("user_id", "u")).at("metadata"));
}

TEST(AnthropicOptions, BetasAreAHeader) {
  const Options options =
      Options().with(anthropic::Options().beta("a-2026-01-01").beta("b-2026-01-01").beta("a-2026-01-01"));
  const EncodedRequest request = claude_encoded(options);
  EXPECT_EQ(request.http.headers.get("anthropic-beta"), "a-2026-01-01,b-2026-01-01");
  EXPECT_FALSE(parse_json(request.http.body).as_object().contains("anthropic-beta"));
  EXPECT_EQ(refused([] { claude_encoded(Options().with(anthropic::Options().beta("a\nb"))); }).where(),
            "anthropic-beta");
  EXPECT_EQ(refused([] { claude_encoded(Options().with(anthropic::Options().beta(""))); }).where(), "anthropic-beta");
}

TEST(AnthropicOptions, CacheMarkOfTheRequest) {
  EXPECT_JSON(mark, body(Options().with(anthropic::Options().cache_control())).at("cache_control"));
  EXPECT_JSON(R"({"type":"ephemeral","ttl":"1h"})",
              body(Options().with(anthropic::Options().cache_control("1h"))).at("cache_control"));
  EXPECT_JSON(R"({"type":"ephemeral","ttl":"\""})",
              body(Options().with(anthropic::Options().cache_control("\""))).at("cache_control"));
}

TEST(AnthropicOptions, CacheMarkOfAPart) {
  const Messages messages = Messages().add(
      Message(Role::user).add(Part::text("a").with(anthropic::cache_control("1h"))).add(Part::text("b")));
  EXPECT_JSON(
      R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"b"}])",
      body(Options(), messages).at("messages").at(0).at("content"));
}

TEST(AnthropicOptions, CacheMarkOfAMessageStandsAtItsEnd) {
  const Messages messages =
      Messages().add(Message(Role::user).add(Part::text("a")).add(Part::text("b")).with(anthropic::cache_control()));
  const boost::json::value content = body(Options(), messages).at("messages").at(0).at("content");
  EXPECT_FALSE(content.at(0).as_object().contains("cache_control"));
  EXPECT_JSON(mark, content.at(1).at("cache_control"));
}

TEST(AnthropicOptions, CacheMarkOfTheSystemMessage) {
  const Messages messages = Messages().add(Message(Role::system, "s").with(anthropic::cache_control())).user("a");
  EXPECT_JSON(R"([{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"5m"}}])",
              body(Options(), messages).at("system"));
}

TEST(AnthropicOptions, CacheMarkOfATool) {
  const boost::json::value tools =
      body(Options().tools(Tool("f", "d"), Tool("g", "d").with(anthropic::cache_control()))).at("tools");
  EXPECT_FALSE(tools.at(0).as_object().contains("cache_control"));
  EXPECT_JSON(mark, tools.at(1).at("cache_control"));
}

TEST(AnthropicOptions, CacheMarkOfAMessageThatSaysNothing) {
  const Messages messages = Messages().add(Message(Role::user, "").with(anthropic::cache_control()));
  EXPECT_JSON(R"([{"type":"text","text":".","cache_control":{"type":"ephemeral","ttl":"5m"}}])",
              body(Options(), messages).at("messages").at(0).at("content"));
}

TEST(AnthropicOptions, ThePartsMarkCountsBeforeTheMessages) {
  const Messages messages = Messages().add(
      Message(Role::user).add(Part::text("a").with(anthropic::cache_control("1h"))).with(anthropic::cache_control()));
  const std::string sent = claude_encoded(Options(), messages).http.body;
  EXPECT_EQ(sent.find("cache_control"), sent.rfind("cache_control")) << sent;
  EXPECT_NE(sent.find("1h"), std::string::npos) << sent;
}

TEST(AnthropicOptions, FourMarksAtMost) {
  Message message(Role::user);
  for (int i = 0; i < 4; ++i) message.add(Part::text("a").with(anthropic::cache_control()));
  const Messages four = Messages().add(message);
  EXPECT_TRUE(claude_encoded(Options(), four).warnings.empty());
  const Options with_tool = Options().tools(Tool("f", "").with(anthropic::cache_control()));
  const EncodedRequest five = claude_encoded(with_tool, four);
  EXPECT_EQ(warned(five), Places{"tools/0/cache_control"});
  EXPECT_FALSE(parse_json(five.http.body).at("tools").at(0).as_object().contains("cache_control"));
  EXPECT_EQ(refused([&] { claude_encoded(Options(with_tool).strict(), four); }).where(), "tools/0/cache_control");
  EXPECT_EQ(warned(claude_encoded(Options().with(anthropic::Options().cache_control()), four)),
            Places{"messages/0/content/3/cache_control"});
}

TEST(AnthropicOptions, NoMarkOnAThought) {
  const Part thought = Part::reasoning("hm").with_signature("anthropic", "c2ln");
  const Messages messages =
      Messages()
          .user("a")
          .add(Message(Role::assistant).add(Part::text("b")).add(thought).with(anthropic::cache_control()))
          .user("c");
  const EncodedRequest request = claude_encoded(Options(), messages);
  EXPECT_EQ(warned(request), Places{"messages/1/content/1/cache_control"});
  EXPECT_EQ(request.http.body.find("cache_control"), std::string::npos);
}

TEST(AnthropicOptions, OwnFieldsOfAPartWin) {
  const Part document =
      Part::document("%PDF", "application/pdf", "a.pdf")
          .with(OwnOptions("anthropic").set("title", "B").set("citations", Json(R"({"enabled":true})")));
  const boost::json::value sent = body(Options(), Messages().add(Message(Role::user).add(document)));
  EXPECT_JSON(R"({"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="},
                  "title":"B","citations":{"enabled":true}})",
              sent.at("messages").at(0).at("content").at(0));
}

TEST(AnthropicOptions, OwnFieldsOfATool) {
  const Tool tool = Tool("f", "").with(OwnOptions("anthropic").set("defer_loading", true).set("a/b~c", 1));
  EXPECT_JSON(R"({"name":"f","input_schema":{"type":"object","properties":{}},"defer_loading":true,"a/b~c":1})",
              body(Options().tools(tool)).at("tools").at(0));
}

TEST(AnthropicOptions, ToolsOfTheProvider) {
  const std::string search = R"({"type":"web_search_20260318","name":"web_search","max_uses":2})";
  const Tool own = Tool::provider_defined("anthropic", Json(search));
  EXPECT_NE(claude_encoded(Options().tools(own)).http.body.find("\"tools\":[" + search + "]"), std::string::npos);
  const EncodedRequest other =
      claude_encoded(Options().tools(Tool::provider_defined("openai", Json(R"({"type":"x"})"))));
  EXPECT_EQ(warned(other), Places{"tools/0"});
}

TEST(AnthropicOptions, ThoseOfAnotherProviderAreNotMeantForThisOne) {
  const Options options = Options().strict().with(OwnOptions("openai").set("store", true));
  const Messages messages =
      Messages().add(Message(Role::user).add(Part::text("a").with(OwnOptions("gemini").set("x", 1))));
  const EncodedRequest request = claude_encoded(options, messages);
  EXPECT_TRUE(request.warnings.empty());
  EXPECT_EQ(request.http.body.find("store"), std::string::npos);
  EXPECT_EQ(request.http.body.find("\"x\""), std::string::npos);
}

TEST(AnthropicParts, ResultsOfToolsInParts) {
  const Part result = Part::tool_result(
      "c1", {Part::text("a"), Part::text(""), Part::image("\x89PNG\r\n\x1a\n", "image/png"), Part::audio("x", "wav")},
      true);
  const Messages messages = Messages()
                                .user("a")
                                .add(Message(Role::assistant).add(Part::tool_call("c1", "f", "{}")))
                                .add(Message(Role::tool).add(result));
  const EncodedRequest request = claude_encoded(Options(), messages);
  EXPECT_JSON(R"([{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"a"},
                  {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}],"is_error":true}])",
              parse_json(request.http.body).at("messages").at(2).at("content"));
  EXPECT_EQ(warned(request), Places{"messages/2/content/0"});
}

TEST(AnthropicParts, ForeignIdsOfCallsStayPairs) {
  const Messages messages = Messages()
                                .user("a")
                                .add(Message(Role::assistant).add(Part::tool_call("call:1|x", "f", "{}")))
                                .tool_result("call:1|x", "b");
  const boost::json::value sent = body(Options(), messages).at("messages");
  const std::string id(sent.at(1).at("content").at(0).at("id").as_string());
  EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos) << id;
  EXPECT_EQ(std::string(sent.at(2).at("content").at(0).at("tool_use_id").as_string()), id);
}

TEST(AnthropicParts, WhatTheOtherSideMayNotSay) {
  const auto place = [](Part part, Role role) {
    return refused([&] { claude_encoded(Options(), Messages().user("a").add(Message(role).add(part))); }).where();
  };
  EXPECT_EQ(place(Part::tool_call("c", "f", "{}"), Role::user), "messages/1/content/0");
  EXPECT_EQ(place(Part::tool_result("c", "x"), Role::assistant), "messages/1/content/0");
  EXPECT_EQ(place(Part::reasoning("x"), Role::user), "messages/1/content/0");
  EXPECT_EQ(place(Part::text("\xff"), Role::user), "messages/1/content/0");
  EXPECT_EQ(place(Part::tool_call("", "f", "{}"), Role::assistant), "messages/1/content/0");
  EXPECT_EQ(place(Part::image("x", ""), Role::user), "messages/1/content/0");
  EXPECT_EQ(place(Part::image_url("x"), Role::system), "messages/1/content/0");
}

TEST(AnthropicParts, AnImageThatAnotherModelMadeIsLeftOut) {
  const Messages messages = Messages()
                                .user("a")
                                .add(Message(Role::assistant).add(Part::text("b")).add(Part::image("x", "image/png")))
                                .user("c");
  const EncodedRequest request = claude_encoded(Options(), messages);
  EXPECT_EQ(warned(request), Places{"messages/1/content/1"});
  EXPECT_JSON(R"({"role":"assistant","content":"b"})", parse_json(request.http.body).at("messages").at(1));
}

TEST(AnthropicParts, AttachmentsJoinTheLastQuestion) {
  const boost::json::value sent = body(Options().images("https://x.example/a.png"), "hi");
  EXPECT_JSON(
      R"([{"type":"text","text":"hi"},{"type":"image","source":{"type":"url","url":"https://x.example/a.png"}}])",
      sent.at("messages").at(0).at("content"));
}

TEST(AnthropicModels, ListIsAskedForByItsOwnPath) {
  const std::string body =
      R"({"data":[{"type":"model","id":"claude-opus-5-5","display_name":"Opus","max_input_tokens":1000000,
      "max_tokens":128000},{"type":"model","id":"claude-haiku-5-5"}],"has_more":false,"first_id":"a","last_id":"b"})";
  const codec::Codec& codec = *codec::find_codec("anthropic");
  const codec::Target target{codec::find_preset("anthropic"), "", "https://api.anthropic.com"};
  const HttpRequest request = codec.list_models(target, "");
  EXPECT_EQ(request.url, "https://api.anthropic.com/v1/models?limit=1000");
  EXPECT_EQ(request.headers.get("anthropic-version"), "2023-06-01");
  const std::vector<ModelInfo> models = codec.models(body).models;
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[0].id(), "claude-opus-5-5");
  EXPECT_EQ(models[0].context_window(), Count(1'000'000));
}

}  // namespace
}  // namespace antiphon::tests
