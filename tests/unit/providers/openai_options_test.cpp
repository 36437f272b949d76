// Each option of openai.hpp, and what becomes of it on both of OpenAI's APIs.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <boost/json/serialize.hpp>

#include <antiphon/codec.hpp>
#include <antiphon/openai.hpp>
#include <antiphon/provider_row.hpp>

#include "fixture.hpp"

namespace antiphon::tests {
namespace {

constexpr const char* both = "both";
constexpr const char* chat = "chat";
constexpr const char* responses_name = "responses";

struct OpenAiCase {
  const char* name;  ///< of the option, in warnings
  openai::Options options;
  const char* api;              ///< which of them has it
  const char* chat_place;       ///< JSON pointer into the body
  const char* responses_place;  ///< the same for Responses
  std::string value;            ///< there
};

openai::Options with(openai::Options& (openai::Options::*set)(std::string), const char* value) {
  openai::Options options;
  (options.*set)(value);
  return options;
}
openai::Options with(openai::Options& (openai::Options::*set)(Json), const char* value) {
  openai::Options options;
  (options.*set)(Json(value));
  return options;
}
openai::Options with(openai::Options& (openai::Options::*set)(bool), bool value) {
  openai::Options options;
  (options.*set)(value);
  return options;
}

std::vector<OpenAiCase> openai_cases() {
  using O = openai::Options;
  return {
      {"reasoning_effort", with(&O::reasoning_effort, "low"), both, "/reasoning_effort", "/reasoning/effort",
       "\"low\""},
      {"verbosity", with(&O::verbosity, "low"), both, "/verbosity", "/text/verbosity", "\"low\""},
      {"service_tier", with(&O::service_tier, "flex"), both, "/service_tier", "/service_tier", "\"flex\""},
      {"store", with(&O::store, true), both, "/store", "/store", "true"},
      {"prompt_cache_key", with(&O::prompt_cache_key, "k"), both, "/prompt_cache_key", "/prompt_cache_key", "\"k\""},
      {"prompt_cache_options", O().prompt_cache_mode("explicit", "12h"), both, "/prompt_cache_options",
       "/prompt_cache_options", R"({"mode":"explicit","ttl":"12h"})"},
      {"prompt_cache_retention", with(&O::prompt_cache_retention, "24h"), both, "/prompt_cache_retention",
       "/prompt_cache_retention", "\"24h\""},
      {"safety_identifier", with(&O::safety_identifier, "u"), both, "/safety_identifier", "/safety_identifier",
       "\"u\""},
      {"include_obfuscation", with(&O::include_obfuscation, false), both, "/stream_options/include_obfuscation",
       "/stream_options/include_obfuscation", "false"},
      {"prediction", with(&O::prediction, R"({"type":"content","content":"x"})"), chat, "/prediction", "",
       R"({"type":"content","content":"x"})"},
      {"modalities", with(&O::modalities, R"(["text","audio"])"), chat, "/modalities", "", R"(["text","audio"])"},
      {"audio", with(&O::audio, R"({"voice":"alloy","format":"wav"})"), chat, "/audio", "",
       R"({"voice":"alloy","format":"wav"})"},
      {"web_search_options", with(&O::web_search_options, "{}"), chat, "/web_search_options", "", "{}"},
      {"reasoning_summary", with(&O::reasoning_summary, "auto"), responses_name, "", "/reasoning/summary", "\"auto\""},
      {"reasoning_context", with(&O::reasoning_context, "auto"), responses_name, "", "/reasoning/context", "\"auto\""},
      {"reasoning_mode", with(&O::reasoning_mode, "pro"), responses_name, "", "/reasoning/mode", "\"pro\""},
      {"previous_response_id", with(&O::previous_response_id, "resp_0"), responses_name, "", "/previous_response_id",
       "\"resp_0\""},
      {"conversation", with(&O::conversation, "conv_0"), responses_name, "", "/conversation", "\"conv_0\""},
      {"include", with(&O::include, R"(["a"])"), responses_name, "", "/include", R"(["a"])"},
      {"max_tool_calls", O().max_tool_calls(3), responses_name, "", "/max_tool_calls", "3"},
      {"background", with(&O::background, true), responses_name, "", "/background", "true"},
      {"truncation", with(&O::truncation, "auto"), responses_name, "", "/truncation", "\"auto\""},
      {"context_management", with(&O::context_management, "[]"), responses_name, "", "/context_management", "[]"},
      {"prompt", with(&O::prompt, R"({"id":"p"})"), responses_name, "", "/prompt", R"({"id":"p"})"},
  };
}

ModelConfig of(std::string_view provider, const char* model = "gpt-5") {
  ModelConfig config(model, ProviderId(provider));
  if (provider.starts_with("azure")) config.base_url("https://res.openai.azure.com/openai/v1");
  return config;
}

std::string text_at(const EncodedRequest& request, const char* place) {
  boost::system::error_code missing;
  const boost::json::value body = parse_json(request.http.body);
  const boost::json::value* value = body.find_pointer(place, missing);
  return value ? boost::json::serialize(*value) : "nothing";
}

void expect_carried(const OpenAiCase& test, std::string_view provider, const char* place) {
  const EncodedRequest request = encode(of(provider), "hi", Options().with(test.options).strict(), true);
  EXPECT_EQ(text_at(request, place), test.value) << provider << " " << test.name << ": " << request.http.body;
  EXPECT_TRUE(request.warnings.empty()) << provider << " " << test.name;
}

void expect_dropped(const OpenAiCase& test, std::string_view provider) {
  const EncodedRequest request = encode(of(provider), "hi", Options().with(test.options), true);
  ASSERT_EQ(request.warnings.size(), 1U) << provider << " " << test.name;
  EXPECT_EQ(request.warnings[0].where(), test.name) << provider;
  const std::string plain = encode(of(provider), "hi", Options(), true).http.body;
  EXPECT_EQ(request.http.body, plain) << provider << " " << test.name;
  try {
    encode(of(provider), "hi", Options().with(test.options).strict(), true);
    ADD_FAILURE() << provider << " " << test.name << ": strict, and no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_EQ(error.where(), test.name);
  }
}

TEST(OpenAiOptions, EachHasItsEffectOrAWarning) {
  for (const OpenAiCase& test : openai_cases()) {
    for (const char* provider : {"openai", "azure"}) {
      if (test.api != responses_name) {
        expect_carried(test, provider, test.chat_place);
      } else {
        expect_dropped(test, provider);
      }
    }
    for (const char* provider : {"openai-responses", "azure-responses"}) {
      if (test.api != chat) {
        expect_carried(test, provider, test.responses_place);
      } else {
        expect_dropped(test, provider);
      }
    }
  }
}

TEST(OpenAiOptions, WhatAModelRefusesIsLeftOutOnEveryServerOfOpenAisModels) {
  for (const char* provider : {"openai", "azure", "openai-responses", "azure-responses"}) {
    const EncodedRequest request = encode(of(provider), "hi", Options().temperature(0.5), false);
    EXPECT_EQ(text_at(request, "/temperature"), "nothing") << provider;
    ASSERT_EQ(request.warnings.size(), 1U) << provider;
    EXPECT_EQ(request.warnings[0].where(), "temperature") << provider;
  }
  // Somebody else's server may take it.
  const auto elsewhere = [&](const std::string& row) {
    const ModelConfig config("gpt-5", ProviderRow(Json(row)));
    return text_at(encode(config, "hi", Options().temperature(0.5), false), "/temperature");
  };
  const std::string lab = R"({"name":"lab","protocol":"openai-responses","base_url":"http://lab/v1")";
  EXPECT_EQ(elsewhere(lab + "}"), "5E-1");
  EXPECT_EQ(elsewhere(lab + R"(,"dialect":{"openai_models":true}})"), "nothing");
  const ModelConfig moved = of("openai-responses").base_url("http://lab/v1");
  EXPECT_EQ(text_at(encode(moved, "hi", Options().temperature(0.5), false), "/temperature"), "5E-1");
}

TEST(OpenAiOptions, NoValueBreaksTheJsonItStandsIn) {
  const Options options = Options().with(openai::Options().prompt_cache_mode("a\"b", "c\"d"));
  for (const char* provider : {"openai", "openai-responses"}) {
    EXPECT_EQ(text_at(encode(of(provider), "hi", options, false), "/prompt_cache_options"),
              R"({"mode":"a\"b","ttl":"c\"d"})");
  }
}

TEST(OpenAiOptions, MeanNothingToOthers) {
  for (const OpenAiCase& test : openai_cases()) {
    for (const char* provider : {"ollama", "groq"}) {
      const EncodedRequest request = encode(of(provider, "m"), "hi", Options().with(test.options).strict(), true);
      EXPECT_EQ(request.http.body, encode(of(provider, "m"), "hi", Options(), true).http.body) << test.name;
      EXPECT_TRUE(request.warnings.empty()) << test.name;
    }
  }
}

TEST(OpenAiOptions, LogitBiasIsForChatModelsThatDoNotReason) {
  const Options options = Options().with(openai::Options().logit_bias(Json(R"({"1":-100})")));
  EXPECT_EQ(text_at(encode(of("openai", "gpt-4o"), "hi", options, false), "/logit_bias"), R"({"1":-100})");
  for (const auto& config : {of("openai"), of("openai-responses", "gpt-4o")}) {
    const EncodedRequest request = encode(config, "hi", options, false);
    EXPECT_EQ(text_at(request, "/logit_bias"), "nothing");
    ASSERT_EQ(request.warnings.size(), 1U);
    EXPECT_EQ(request.warnings[0].where(), "logit_bias");
  }
}

TEST(OpenAiOptions, ObfuscationLeavesUsageAsItIs) {
  const Options options = Options().with(openai::Options().include_obfuscation(false));
  EXPECT_EQ(text_at(encode(of("openai"), "hi", options, true), "/stream_options"),
            R"({"include_usage":true,"include_obfuscation":false})");
  // Where no stream is asked for there is nothing to hide.
  for (const char* provider : {"openai", "openai-responses"}) {
    const EncodedRequest request = encode(of(provider), "hi", options, false);
    EXPECT_EQ(text_at(request, "/stream_options"), "nothing") << provider;
    EXPECT_TRUE(request.warnings.empty()) << provider;
  }
}

TEST(OpenAiOptions, AMarkOfTheCacheStandsOnItsPart) {
  const Messages messages = Messages().add(
      Message(Role::user).add(Part::text("long").with(openai::cache_breakpoint())).add(Part::text("short")));
  EXPECT_EQ(text_at(encode(of("openai"), messages, Options(), false), "/messages/0/content/0"),
            R"({"type":"text","text":"long","prompt_cache_breakpoint":{"mode":"explicit"}})");
  EXPECT_EQ(text_at(encode(of("openai-responses"), messages, Options(), false), "/input/0/content/0"),
            R"({"type":"input_text","text":"long","prompt_cache_breakpoint":{"mode":"explicit"}})");
  const Messages alone = Messages().add(Message(Role::user).add(Part::text("long").with(openai::cache_breakpoint())));
  EXPECT_EQ(text_at(encode(of("openai-responses"), alone, Options(), false), "/input/0/content/0/type"),
            "\"input_text\"");
}

TEST(OpenAiOptions, APhaseStandsOnItsMessage) {
  const Messages messages =
      Messages().user("hi").add(Message(Role::assistant, "Wait.").with(openai::phase("commentary"))).user("and?");
  EXPECT_EQ(text_at(encode(of("openai-responses"), messages, Options(), false), "/input/1/phase"), "\"commentary\"");
}

TEST(OpenAiOptions, FieldsThatAMessageWritesItselfAreRefused) {
  const Part part = Part::text("a").with(OwnOptions("openai").set("text", "b"));
  try {
    encode(of("openai-responses"), Messages().add(Message(Role::user).add(part)), Options(), false);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
    EXPECT_EQ(error.where(), "messages/0/content/0/text");
  }
}

TEST(OpenAiOptions, ToolsOfOpenAiAndFieldsOfTools) {
  const Options options = Options().tools(Tool::provider_defined("openai", Json(R"({"type":"web_search"})")),
                                          Tool("f", "d").with(OwnOptions("openai").set("defer_loading", true)));
  const EncodedRequest request = encode(of("openai-responses"), "hi", options, false);
  EXPECT_EQ(text_at(request, "/tools/0"), R"({"type":"web_search"})");
  EXPECT_EQ(text_at(request, "/tools/1/defer_loading"), "true");
  const Options foreign = Options().tools(Tool::provider_defined("anthropic", Json(R"({"type":"x"})")));
  const EncodedRequest warned = encode(of("openai-responses"), "hi", foreign, false);
  ASSERT_EQ(warned.warnings.size(), 1U);
  EXPECT_EQ(warned.warnings[0].where(), "tools/0");
  EXPECT_THROW(encode(of("openai-responses"), "hi", Options(foreign).strict(), false), Error);
}

TEST(OpenAiOptions, ItemsOfItsOwnStandBetweenMessages) {
  const auto own = [](const char* json) { return Part::unknown("openai-responses", Json(json)); };
  Messages messages =
      Messages().add(Message(Role::user)
                         .add(own(R"({"type":"mcp_approval_response","approval_request_id":"mcpr_1","approve":true})"))
                         .add(Part::text("Look."))
                         .add(own(R"({"type":"input_image","file_id":"file-1"})"))
                         .add(own(R"({"type":"item_reference","id":"rs_1"})")));
  EXPECT_EQ(
      text_at(encode(of("openai-responses"), messages, Options(), false), "/input"),
      R"([{"type":"mcp_approval_response","approval_request_id":"mcpr_1","approve":true},)"
      R"({"role":"user","content":[{"type":"input_text","text":"Look."},{"type":"input_image","file_id":"file-1"}]},)"
      R"({"type":"item_reference","id":"rs_1"}])");
  const EncodedRequest elsewhere = encode(of("openai"), messages, Options(), false);
  EXPECT_EQ(elsewhere.warnings.size(), 3U);
  EXPECT_EQ(elsewhere.warnings[0].where(), "messages/0/content/0");
}

TEST(OpenAiOptions, ResultsOfToolsMayHoldPictures) {
  const Messages messages =
      Messages()
          .user("hi")
          .add(Message(Role::assistant).add(Part::tool_call("c1", "f", "{}")))
          .add(Message(Role::tool)
                   .add(Part::tool_result("c1", {Part::text("Here."), Part::image("abc", "image/png")}, true)));
  const EncodedRequest request = encode(of("openai-responses"), messages, Options(), false);
  EXPECT_EQ(text_at(request, "/input/2"),
            R"({"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"Here."},)"
            R"({"type":"input_image","image_url":"data:image/png;base64,YWJj"}]})");
  ASSERT_EQ(request.warnings.size(), 1U);
  EXPECT_EQ(request.warnings[0].where(), "messages/2/content/0/is_error");
}

TEST(OpenAiOptions, PicturesAndDocumentsInEachForm) {
  Messages messages = Messages().add(Message(Role::user)
                                         .add(Part::image_url("https://x.example/a.png", "high"))
                                         .add(Part::image("abc", "image/png"))
                                         .add(Part::document("abc", "application/pdf", "a.pdf"))
                                         .add(Part::document_url("https://x.example/a.pdf", "b.pdf"))
                                         .add(Part::document_url("data:application/pdf;base64,YWJj")));
  EXPECT_EQ(text_at(encode(of("openai-responses"), messages, Options(), false), "/input/0/content"),
            R"([{"type":"input_image","image_url":"https://x.example/a.png","detail":"high"},)"
            R"({"type":"input_image","image_url":"data:image/png;base64,YWJj"},)"
            R"({"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,YWJj"},)"
            R"({"type":"input_file","filename":"b.pdf","file_url":"https://x.example/a.pdf"},)"
            R"({"type":"input_file","filename":"document.pdf","file_data":"data:application/pdf;base64,YWJj"}])");
}

}  // namespace
}  // namespace antiphon::tests
