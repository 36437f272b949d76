// Text that is not UTF-8 is repaired nowhere on its way into a request: each place where a user gives text is refused
// by its name, on every protocol that would send it.

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include <antiphon/antiphon.hpp>
#include <antiphon/codec.hpp>

#include "each_protocol.hpp"
#include "encoded.hpp"
#include "json/check.hpp"
#include "providers/codec.hpp"
#include "providers/embedding_codec.hpp"

namespace antiphon::tests {
namespace {

const std::string latin1 = "caf\xE9";  // Latin-1
const Json latin1_json = R"({"a": ")" + latin1 + "\"}";

/// What a test puts a text into.
class Draft {
 public:
  explicit Draft(std::string name) : provider(std::move(name)) {}

  std::string provider;
  Messages messages = "Hi";
  Options options;

  /// The one message is of somebody else.
  Draft& says(Role role, Part part) { return messages = one(std::move(part), role), *this; }
  Draft& answers(const Part& result) { return messages = answered(result), *this; }
  /// Options of the provider itself.
  OwnOptions own() const { return OwnOptions(provider); }
};

struct TextPlace {
  std::string where;
  std::function<void(Draft&)> put;
  /// Whether a protocol that has no place for it may leave it out instead.
  bool may_be_left_out = false;
};

Tool forecast(const std::string& description = "tells the weather") { return Tool("weather", description); }

const std::vector<TextPlace>& option_places() {
  static const std::vector<TextPlace> places = {
      {"stop/1", [](Draft& d) { d.options.stop("END", latin1); }},
      {"user", [](Draft& d) { d.options.user(latin1); }},
      {"metadata", [](Draft& d) { d.options.metadata(latin1, "v"); }},
      {"metadata/project", [](Draft& d) { d.options.metadata("project", latin1); }},
      {"reasoning_effort", [](Draft& d) { d.options.reasoning_effort(latin1); }},
      {"response_format/schema", [](Draft& d) { d.options.response_format(JsonSchema(latin1_json)); }},
      {"response_format/name", [](Draft& d) { d.options.response_format(JsonSchema("{}", latin1)); }},
      {"response_format/description",
       [](Draft& d) { d.options.response_format(JsonSchema("{}").description(latin1)); }},
      {"tools/0/name", [](Draft& d) { d.options.tools(Tool(latin1, "")); }},
      {"tools/1/description", [](Draft& d) { d.options.tools(forecast(), forecast(latin1)); }},
      {"tools/0/parameters", [](Draft& d) { d.options.tools(Tool("f", "", latin1_json)); }},
      {"tools/0/parameters", [](Draft& d) { d.options.tools(forecast().strict(true).strict_parameters(latin1_json)); }},
      {"tools/0/raw", [](Draft& d) { d.options.tools(Tool::provider_defined(d.provider, latin1_json)); }},
      {"tools/0/note", [](Draft& d) { d.options.tools(forecast().with(d.own().set("note", latin1))); }, true},
      {"tools/0", [](Draft& d) { d.options.tools(forecast().with(d.own().set(latin1, 1))); }, true},
      {"tool_choice", [](Draft& d) { d.options.tools(forecast()).tool_choice(ToolChoice::named(latin1)); }},
      {"option", [](Draft& d) { d.options.option(latin1, 1); }},
      {"note", [](Draft& d) { d.options.option("note", latin1); }},
      {"note", [](Draft& d) { d.options.option("note", latin1_json); }},
      {"note", [](Draft& d) { d.options.option("note", "\"" + latin1 + "\n\\"); }},
      {"stop", [](Draft& d) { d.options.option("stop", latin1); }},
      {"user", [](Draft& d) { d.options.option("user", latin1); }},
      {"response_format", [](Draft& d) { d.options.option("response_format", latin1_json); }},
      {"option", [](Draft& d) { d.options.with(d.own().set(latin1, 1)); }},
      {"note", [](Draft& d) { d.options.with(d.own().set("note", latin1)); }},
      {"note", [](Draft& d) { d.options.with(d.own().set("note", Json::string(latin1))); }},
      {"user", [](Draft& d) { d.options.with(d.own().set("user", latin1)); }},
      {"extra", [](Draft& d) { d.options.extra(latin1_json); }},
      {"extra", [](Draft& d) { d.options.extra(R"({")" + latin1 + R"(": 1})"); }},
      {"extra", [](Draft& d) { d.options.extra("/" + latin1, "1"); }},
      {"extra/note", [](Draft& d) { d.options.extra("/note", Json::of(latin1)); }},
      {"query", [](Draft& d) { d.options.query(latin1, "v"); }},
      {"query", [](Draft& d) { d.options.query("trace", latin1); }},
      {"header", [](Draft& d) { d.options.header("x-" + latin1, "v"); }},
      {"header", [](Draft& d) { d.options.header("x-team", latin1); }},
  };
  return places;
}

const std::string part_place = "messages/0/content/0";

const std::vector<TextPlace>& message_places() {
  static const std::vector<TextPlace> places = {
      {part_place, [](Draft& d) { d.says(Role::user, Part::text(latin1)); }},
      {part_place, [](Draft& d) { d.messages = Messages().system(latin1).user("Hi"); }},
      {part_place, [](Draft& d) { d.says(Role::assistant, Part::text(latin1)); }},
      {part_place, [](Draft& d) { d.says(Role::assistant, Part::refusal(latin1)); }},
      {part_place, [](Draft& d) { d.says(Role::assistant, Part::reasoning(latin1).with_signature(d.provider, "s")); },
       true},
      {part_place, [](Draft& d) { d.says(Role::assistant, Part::reasoning("t").with_signature(d.provider, latin1)); },
       true},
      {part_place, [](Draft& d) { d.says(Role::assistant, Part::text("t").with_signature(d.provider, latin1)); }, true},
      {part_place, [](Draft& d) { d.says(Role::assistant, Part::unknown(d.provider, latin1_json)); }, true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::unknown(d.provider, latin1_json)); }, true},
      {part_place, [](Draft& d) { d.says(Role::assistant, Part::text("t").with_raw(d.provider, latin1_json)); }, true},
      {part_place, [](Draft& d) { d.says(Role::assistant, Part::tool_call(latin1, "f", "{}")); }, true},
      {part_place, [](Draft& d) { d.says(Role::assistant, Part::tool_call("1", latin1, "{}")); }, true},
      {part_place, [](Draft& d) { d.says(Role::assistant, Part::tool_call("1", "f", latin1_json.text())); }, true},
      {"messages/0", [](Draft& d) { d.says(Role::assistant, Part::audio("RIFF", "wav", "t", latin1)); }, true},
      {"messages/", [](Draft& d) { d.answers(Part::tool_result(latin1, "t", false, "f")); }},
      {"messages/1/content/0", [](Draft& d) { d.answers(Part::tool_result("1", latin1, false, "f")); }},
      {"messages/1/content/0", [](Draft& d) { d.answers(Part::tool_result("1", "t", false, latin1)); }, true},
      {"messages/1/content/0",
       [](Draft& d) { d.answers(Part::tool_result("1", std::vector<Part>{Part::text(latin1)}, false, "f")); }},
      {"messages/1/content/0",
       [](Draft& d) {
         const Part picture = Part::image("\x89PNG", "image/" + latin1);
         d.answers(Part::tool_result("1", std::vector<Part>{Part::text("t"), picture}, false, "f"));
       },
       true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::image_url("https://x.example/" + latin1)); }, true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::image_url("data:image/" + latin1 + ";base64,AA==")); },
       true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::image_url("data:image/png;base64,iVBORw0KGgo=", latin1)); },
       true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::image("\x89PNG", latin1)); }, true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::audio("RIFF", latin1)); }, true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::audio_url("https://x.example/" + latin1)); }, true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::audio_url("data:audio/" + latin1 + ";base64,AA==")); },
       true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::document("%PDF-1.7", latin1, "a.pdf")); }, true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::document("%PDF-1.7", "application/pdf", latin1)); }, true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::document_url("https://x.example/" + latin1)); }, true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::document_url("https://x.example/a.pdf", latin1)); }, true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::uploaded(d.provider, latin1)); }, true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::text("t").with(d.own().set("note", latin1))); }, true},
      {part_place, [](Draft& d) { d.says(Role::user, Part::text("t").with(d.own().set(latin1, 1))); }, true},
      {"messages", [](Draft& d) { d.messages = Messages().add(Message(Role::user, "t").name(latin1)); }, true},
      {"messages",
       [](Draft& d) { d.messages = Messages().add(Message(Role::user, "t").with(d.own().set("note", latin1))); }, true},
      {"messages", [](Draft& d) { d.messages = Messages().add(Message(Role::user, "t").with(d.own().set(latin1, 1))); },
       true},
      {"attachments/0", [](Draft& d) { d.options.images("https://x.example/" + latin1); }, true},
      {"attachments/0", [](Draft& d) { d.options.attach(Part::text(latin1)); }},
  };
  return places;
}

/// In any form in which it could have gone out.
bool holds_bad_text(const HttpRequest& http) {
  std::string all = http.url + "\n" + http.body;
  for (const auto& [name, value] : http.headers) all += "\n" + name + ": " + value;
  for (const char* form : {"\xE9", "\xEF\xBF\xBD", "%E9", "%EF%BF%BD", "ufffd", "uFFFD"}) {
    if (all.find(form) != std::string::npos) return true;
  }
  return !json::check(http.body).empty();
}

ModelConfig model_of(const std::string& provider) {
  ModelConfig config("m-1", ProviderId{provider});
  config.api_key("k");
  if (codec::find_preset(provider)->base_url.empty()) config.base_url("https://host.example");
  return config;
}

void expect_refused(const Error& error, const std::string& where) {
  EXPECT_EQ(error.kind(), ErrorKind::invalid_request) << error.what();
  EXPECT_TRUE(error.where().starts_with(where)) << error.where() << ": " << error.what();
  EXPECT_EQ(json::check(Json::string(error.what()).text()), "") << "the error itself must be fit to be shown";
}

/// A name is refused for what it is, everything else for its bytes.
bool says_why(const Error& error) {
  return error.message().find("not UTF-8 at byte ") != std::string::npos ||
         error.message().find("is not a header name") != std::string::npos ||
         error.message().find("schema's name is made of") != std::string::npos;
}

void expect_refused_or_left_out(const std::string& provider, const TextPlace& place) {
  Draft draft(provider);
  place.put(draft);
  try {
    const EncodedRequest request = encode(model_of(provider), draft.messages, draft.options, false);
    EXPECT_TRUE(place.may_be_left_out) << "not refused: " << request.http.body;
    EXPECT_FALSE(holds_bad_text(request.http)) << request.http.url << "\n" << request.http.body;
  } catch (const Error& error) {
    // What a protocol cannot take at all may be refused for that.
    if (place.may_be_left_out && !says_why(error)) return;
    expect_refused(error, place.where);
    EXPECT_TRUE(says_why(error)) << error.what();
  }
}

TEST(NotUtf8, IsRefusedInEachOptionByItsName) {
  for (const std::string& provider : provider_of_each_protocol()) {
    for (std::size_t i = 0; i < option_places().size(); ++i) {
      SCOPED_TRACE(provider + ": case " + std::to_string(i) + ", " + option_places()[i].where);
      expect_refused_or_left_out(provider, option_places()[i]);
    }
  }
}

TEST(NotUtf8, IsRefusedInEachPlaceOfAMessage) {
  for (const std::string& provider : provider_of_each_protocol()) {
    for (std::size_t i = 0; i < message_places().size(); ++i) {
      SCOPED_TRACE(provider + ": case " + std::to_string(i) + ", " + message_places()[i].where);
      expect_refused_or_left_out(provider, message_places()[i]);
    }
  }
}

/// Options by type, each field of which is a text inside of JSON that is made here.
TEST(NotUtf8, IsRefusedInOptionsByType) {
  struct Typed {
    const char* provider;
    const char* where;
    OwnOptions options;
  };
  const Typed all[] = {
      {"anthropic", "service_tier", anthropic::Options().service_tier(latin1)},
      {"bedrock", "serviceTier", bedrock::Options().service_tier(latin1)},
      {"bedrock", "guardrailConfig", bedrock::Options().guardrail(latin1, "1")},
      {"bedrock", "performanceConfig", bedrock::Options().latency(latin1)},
      {"cohere", "documents", cohere::Options().document(latin1)},
      {"cohere", "citation_options", cohere::Options().citations(latin1)},
      {"cohere", "safety_mode", cohere::Options().safety_mode(latin1)},
      {"gemini", "thinkingLevel", gemini::Options().thinking_level(latin1)},
      {"gemini", "safetySettings", gemini::Options().safety(latin1, "OFF")},
      {"gemini", "cachedContent", gemini::Options().cached_content(latin1)},
      {"openai", "service_tier", openai::Options().service_tier(latin1)},
      {"openai", "prompt_cache_key", openai::Options().prompt_cache_key(latin1)},
      {"openai-responses", "prompt_cache_key", openai::Options().prompt_cache_key(latin1)},
  };
  for (const Typed& typed : all) {
    SCOPED_TRACE(std::string(typed.provider) + ": " + typed.where);
    try {
      encode(model_of(typed.provider), "Hi", Options().with(typed.options), false);
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      expect_refused(error, typed.where);
      EXPECT_TRUE(says_why(error)) << error.what();
    }
  }
}

TEST(NotUtf8, IsRefusedInEmbeddings) {
  struct Asked {
    const char* where;
    Texts texts;
    EmbeddingOptions options;
  };
  const Texts good("Hi");
  const Asked all[] = {
      {"inputs/1", Texts("Hi", latin1), EmbeddingOptions()},
      {"user", good, EmbeddingOptions().user(latin1)},
      {"option", good, EmbeddingOptions().option(latin1, 1)},
      {"note", good, EmbeddingOptions().option("note", latin1)},
      {"input_type", good, EmbeddingOptions().option("input_type", latin1)},
      {"note", good, EmbeddingOptions().with(OwnOptions("mine").set("note", latin1))},
      {"extra", good, EmbeddingOptions().extra(latin1_json)},
      {"query", good, EmbeddingOptions().query("trace", latin1)},
      {"header", good, EmbeddingOptions().header("x-team", latin1)},
      {"header", good, EmbeddingOptions().header("x team", "v")},
  };
  for (const Asked& asked : all) {
    SCOPED_TRACE(asked.where);
    codec::Preset preset = *codec::find_preset("openai");
    preset.name = "mine";
    const Request request = codec::embedding_request(asked.texts, asked.options);
    try {
      const codec::EmbeddingAsk ask(request, preset);
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      expect_refused(error, asked.where);
      EXPECT_TRUE(says_why(error)) << error.what();
    }
  }
}

TEST(NotUtf8, IsRefusedInTheSettingsOfAModel) {
  struct Setting {
    const char* where;
    std::function<void(ModelConfig&)> set;
  };
  const Setting all[] = {
      {"header", [](ModelConfig& c) { c.header("x-team", latin1); }},
      {"header", [](ModelConfig& c) { c.header("x-" + latin1, "v"); }},
      {"query", [](ModelConfig& c) { c.query("trace", latin1); }},
      {"query", [](ModelConfig& c) { c.query(latin1, "v"); }},
      {"base_url", [](ModelConfig& c) { c.base_url("https://host.example/" + latin1); }},
      {"options.user", [](ModelConfig& c) { c.options(Options().user(latin1)); }},
      {"options.stop", [](ModelConfig& c) { c.options(Options().option("stop", latin1)); }},
      {"options.note", [](ModelConfig& c) { c.options(Options().option("note", latin1)); }},
      {"options.header", [](ModelConfig& c) { c.options(Options().header("x-team", latin1)); }},
  };
  for (const Setting& setting : all) {
    SCOPED_TRACE(setting.where);
    ModelConfig config = model_of("openai");
    setting.set(config);
    try {
      create_provider(config);
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config) << error.what();
      EXPECT_EQ(error.where(), setting.where);
    }
  }
  for (const std::string& provider : provider_of_each_protocol()) {
    ModelConfig config(latin1, ProviderId{provider});
    if (codec::find_preset(provider)->base_url.empty()) config.base_url("https://host.example");
    try {
      encode(config, "Hi", Options(), false);
      ADD_FAILURE() << provider << ": not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_request) << provider << error.what();
      EXPECT_EQ(error.where(), "model") << provider;
    }
  }
}

TEST(NotUtf8, AJsonStringOfItIsNone) {
  EXPECT_EQ(Json::string("a\xFF\"\n").text(), "\"a\xFF\\\"\\n\"");
  EXPECT_NE(Json::string("a\xFF").check().find("not UTF-8"), std::string::npos);
  EXPECT_NE(Json::string("\xC3").check().find("not UTF-8"), std::string::npos);
  for (const char* good : {"", "é", "\"\\", "日本", "\n\xC3\xA9\t"}) {
    EXPECT_EQ(Json::string(good).check(), "") << good;
  }
}

}  // namespace
}  // namespace antiphon::tests
