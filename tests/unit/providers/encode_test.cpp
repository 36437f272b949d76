#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <string>

#include <antiphon/codec.hpp>

#include "encoded.hpp"
#include "fixture.hpp"

namespace antiphon::tests {
namespace {

ModelConfig local() { return ModelConfig("m", providers::openai).base_url("http://127.0.0.1:1/v1"); }
ModelConfig ollama() { return ModelConfig("m", providers::ollama); }

boost::json::value body_of(const ModelConfig& config, const Messages& messages, const Options& options = Options()) {
  return parse_json(encode(config, messages, options, false).http.body);
}

std::string place_of(ErrorKind kind, const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.where();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

std::string message_refused_at(const Messages& messages, const Options& options = Options()) {
  return place_of(ErrorKind::invalid_request, [&] { encode(local(), messages, options, false); });
}

TEST(Encode, ValuesThatNoProviderTakesNameTheOption) {
  EXPECT_EQ(message_refused_at("hi", Options().temperature(-0.1)), "temperature");
  EXPECT_EQ(message_refused_at("hi", Options().temperature(std::nan(""))), "temperature");
  EXPECT_EQ(message_refused_at("hi", Options().temperature(HUGE_VAL)), "temperature");
  EXPECT_EQ(message_refused_at("hi", Options().top_p(1.1)), "top_p");
  EXPECT_EQ(message_refused_at("hi", Options().top_k(0)), "top_k");
  EXPECT_EQ(message_refused_at("hi", Options().max_tokens(0)), "max_tokens");
  EXPECT_EQ(message_refused_at("hi", Options().presence_penalty(2.1)), "presence_penalty");
  EXPECT_EQ(message_refused_at("hi", Options().frequency_penalty(-2.1)), "frequency_penalty");
  EXPECT_EQ(message_refused_at("hi", Options().n(0)), "n");
  EXPECT_EQ(message_refused_at("hi", Options().logprobs(21)), "logprobs");
  EXPECT_EQ(message_refused_at("hi", Options().logprobs(-1)), "logprobs");
  EXPECT_EQ(message_refused_at("hi", Options().header("a b", "c")), "header");
  EXPECT_EQ(message_refused_at("hi", Options().header("a", "b\r\nx: y")), "header");
}

TEST(Encode, TextThatIsNotUtf8NamesPlaceAndByte) {
  try {
    encode(local(), Messages().system("s").user("a").user("ok\xff"), Options(), false);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
    EXPECT_EQ(error.where(), "messages/2/content/0");
    EXPECT_NE(error.message().find("byte 2"), std::string::npos);
  }
  for (const ModelConfig& config : {local(), ollama()}) {
    const auto refused = [&](const Messages& messages, const Options& options = Options()) {
      return place_of(ErrorKind::invalid_request, [&] { encode(config, messages, options, false); });
    };
    EXPECT_EQ(refused(one(Part::reasoning("ok"), Role::assistant).add(Message(Role::user, "\xc0"))),
              "messages/1/content/0");
    EXPECT_EQ(refused(one(Part::tool_call("\xff", "f", "{}"), Role::assistant)), "messages/0/content/0");
    EXPECT_EQ(refused(answered(Part::tool_result("a", "\xff"))), "messages/1/content/0");
    EXPECT_EQ(refused("hi", Options().stop("a", "\xff")), "stop/1");
    EXPECT_EQ(refused("hi", Options().user("\xff")), "user");
    EXPECT_EQ(refused("hi", Options().metadata("k", "\xff")), "metadata/k");
    EXPECT_EQ(refused("hi", Options().tools(Tool("f", "\xff"))), "tools/0/description");
    EXPECT_EQ(refused("hi", Options().option("x", Json("\"\xff\""))), "x");
    EXPECT_EQ(refused("hi", Options().attach(Part::text("\xff"))), "attachments/0");
  }
}

TEST(Encode, JsonThatIsNoneNamesThePlace) {
  EXPECT_EQ(message_refused_at("hi", Options().tools(Tool("f", "", "{"))), "tools/0/parameters");
  EXPECT_EQ(message_refused_at("hi", Options().tools(Tool("f", "", "[]"))), "tools/0/parameters");
  EXPECT_EQ(message_refused_at("hi", Options().tools(Tool("", ""))), "tools/0/name");
  EXPECT_EQ(message_refused_at("hi", Options().response_format(JsonSchema("{\"a\":}"))), "response_format/schema");
  EXPECT_EQ(message_refused_at("hi", Options().option("x", Json("nul"))), "x");
  EXPECT_EQ(message_refused_at("hi", Options().extra("{\"a\":1,}")), "extra");
  EXPECT_EQ(message_refused_at(one(Part::unknown("openai", Json("{")))), "messages/0/content/0");
}

TEST(Encode, MessagesThatCannotBe) {
  EXPECT_EQ(message_refused_at(Messages()), "messages");
  EXPECT_EQ(message_refused_at(one(Part::text("x"), Role::tool)), "messages/0");
  EXPECT_EQ(message_refused_at(one(Part::tool_result("", "x"), Role::tool)), "messages/0/content/0");
  EXPECT_EQ(message_refused_at(one(Part::tool_call("", "f", "{}"), Role::assistant)), "messages/0/content/0");
  EXPECT_EQ(message_refused_at(one(Part::image_url("https://x.example"), Role::system)), "messages/0/content/0");
  EXPECT_EQ(message_refused_at(one(Part::image("bytes", ""))), "messages/0/content/0");
  EXPECT_EQ(message_refused_at(one(Part::audio("bytes", ""))), "messages/0/content/0");
  EXPECT_EQ(message_refused_at(one(Part::audio("bytes", ";rate=8000"))), "messages/0/content/0");
  EXPECT_EQ(message_refused_at(one(Part::audio_url("data:audio/;base64,AA=="))), "messages/0/content/0");
}

// One rule for every protocol: what it cannot carry is left out with a warning, or an error with `strict`.
TEST(Encode, PartsThatCannotBeCarriedAreLeftOut) {
  const Part audio = Part::audio("RIFF....WAVE", "wav");
  const Part table = Part::document("a,b", "application/vnd.ms-excel", "a.xls");
  const Part page = Part::document_url("https://x.example/a.pdf");
  const Part picture = Part::image_url("https://x.example/a.png");
  struct Case {
    const char* provider;
    const Part& part;
  };
  for (const Case& each :
       {Case{"openai-responses", audio}, Case{"anthropic", audio}, Case{"bedrock", audio},
        Case{"bedrock-anthropic", audio}, Case{"cohere", audio}, Case{"ollama", audio}, Case{"anthropic", table},
        Case{"cohere", table}, Case{"ollama", table}, Case{"openrouter", page}, Case{"bedrock", page},
        Case{"bedrock-anthropic", page}, Case{"anthropic-vertex", page}, Case{"cohere", page}, Case{"ollama", page},
        Case{"bedrock", picture}, Case{"bedrock-anthropic", picture}, Case{"ollama", picture}}) {
    const ModelConfig config = ModelConfig("m", ProviderId(each.provider)).base_url("https://host.example");
    const Messages messages = Messages().add(Message(Role::user, "Look.").add(each.part));
    const EncodedRequest request = encode(config, messages, Options(), false);
    EXPECT_EQ(warned(request), std::vector<std::string>{"messages/0/content/1"}) << each.provider;
    EXPECT_NE(request.http.body.find("Look."), std::string::npos) << each.provider;
    EXPECT_EQ(place_of(ErrorKind::unsupported, [&] { encode(config, messages, Options().strict(), false); }),
              "messages/0/content/1")
        << each.provider;
  }
}

TEST(Encode, AttachmentsJoinTheLastUserMessage) {
  const Messages messages = Messages().user("a").assistant("b").user("c").assistant("d");
  const Options options = Options().images("https://x.example/a.png").attach(Part::audio("abc", "wav"));
  const boost::json::value body = body_of(local(), messages, options);
  EXPECT_EQ(difference(parse_json(R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"},
      {"role":"user","content":[{"type":"text","text":"c"},
        {"type":"image_url","image_url":{"url":"https://x.example/a.png"}},
        {"type":"input_audio","input_audio":{"data":"YWJj","format":"wav"}}]},
      {"role":"assistant","content":"d"}])"),
                       body.at("messages")),
            std::nullopt);
  const boost::json::value native = body_of(ollama(), messages, Options().attach(Part::image("abc", "image/png")));
  EXPECT_EQ(difference(parse_json(R"({"role":"user","content":"c","images":["YWJj"]})"), native.at("messages").at(2)),
            std::nullopt);
}

TEST(Encode, AttachmentsNeedAUserMessage) {
  EXPECT_EQ(message_refused_at(Messages().system("a"), Options().images("https://x.example/a.png")), "images");
  EXPECT_EQ(message_refused_at(Messages().system("a"), Options().attach(Part::audio("a", "wav"))), "attachments");
}

TEST(Encode, BytesBecomeBase64) {
  const boost::json::value body =
      body_of(local(), Messages().add(Message(Role::user)
                                          .add(Part::image(std::string("\0\1\2", 3), "image/png"))
                                          .add(Part::document("%PDF", "application/pdf", "a.pdf"))));
  EXPECT_EQ(difference(parse_json(R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,AAEC"}},
      {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERg=="}}])"),
                       body.at("messages").at(0).at("content")),
            std::nullopt);
}

// providers.md §1.3: a recording has its bytes and its format, and no more.
TEST(Encode, TheTranscriptOfARecordingIsNotTaken) {
  const Messages messages = one(Part::audio("abc", "wav", "what was said"));
  const EncodedRequest request = encode(local(), messages, Options(), false);
  EXPECT_EQ(warned(request), std::vector<std::string>{"messages/0/content/0/transcript"});
  EXPECT_NE(request.http.body.find(R"("input_audio":{"data":"YWJj","format":"wav"})"), std::string::npos)
      << request.http.body;
  EXPECT_EQ(place_of(ErrorKind::unsupported, [&] { encode(local(), messages, Options().strict(), false); }),
            "messages/0/content/0/transcript");
}

// providers.md §1.3, §4.3, trap 106: base64 in one line and the usual letters.
TEST(Encode, ARecordingAsDataUri) {
  const Messages messages = one(Part::audio_url("data:audio/mpeg;base64,-_8="));
  expect_json(R"([{"type":"input_audio","input_audio":{"data":"+/8=","format":"mp3"}}])",
              body_of(local(), messages).at("messages").at(0).at("content"));
  const ModelConfig gemini("gemini-3-pro", providers::gemini);
  expect_json(R"([{"inlineData":{"mimeType":"audio/mpeg","data":"+/8="}}])",
              body_of(gemini, messages).at("contents").at(0).at("parts"));
  expect_json(R"([{"fileData":{"mimeType":"audio/mp3","fileUri":"gs://b/a.mp3"}}])",
              body_of(gemini, one(Part::audio_url("gs://b/a.mp3"))).at("contents").at(0).at("parts"));
  const Messages linked = one(Part::audio_url("https://h/a.wav"));
  EXPECT_EQ(warned(encode(local(), linked, Options(), false)), std::vector<std::string>{"messages/0/content/0"});
  EXPECT_EQ(place_of(ErrorKind::unsupported, [&] { encode(local(), linked, Options().strict(), false); }),
            "messages/0/content/0");
  EXPECT_EQ(message_refused_at(one(Part::audio_url("data:audio/wav;base64,*"))), "messages/0/content/0");
  EXPECT_EQ(message_refused_at(one(Part::audio("tone", ""))), "messages/0/content/0");
}

TEST(Encode, ToolResultsInAUserMessageComeFirst) {
  Messages messages = one(Part::tool_call("c1", "f", "{}"), Role::assistant);
  messages.add(Message(Role::user).add(Part::text("and?")).add(Part::tool_result("c1", "22")));
  const boost::json::value body = body_of(local(), messages);
  expect_json(R"({"role":"tool","tool_call_id":"c1","content":"22"})", body.at("messages").at(1));
  expect_json(R"({"role":"user","content":"and?"})", body.at("messages").at(2));
}

TEST(Encode, SeveralResultsOfOneToolMessage) {
  Messages messages;
  messages.add(Message(Role::assistant).add(Part::tool_call("c1", "f", "{}")).add(Part::tool_call("c2", "f", "{}")));
  messages.add(Message(Role::tool).add(Part::tool_result("c1", "a")).add(Part::tool_result("c2", "b")));
  EXPECT_EQ(body_of(local(), messages).at("messages").as_array().size(), 3u);
}

TEST(Encode, AFailedToolResultIsAWarning) {
  for (const ModelConfig& config : {local(), ollama()}) {
    const Messages messages = answered(Part::tool_result("c1", "boom", true));
    const EncodedRequest encoded = encode(config, messages, Options(), false);
    ASSERT_EQ(encoded.warnings.size(), 1u);
    EXPECT_EQ(encoded.warnings[0].where(), "messages/1/content/0/is_error");
    // A tool that fails must not end the conversation.
    EXPECT_EQ(encode(config, messages, Options().strict(), false).warnings.size(), 1u);
  }
}

TEST(Encode, BlocksGoBackToTheirProviderOnly) {
  const std::string raw = R"({"type": "odd", "n":1.0,"big":123456789012345678901234567890})";
  const std::string own =
      encode(local(), one(Part::unknown("openai", Json(raw)), Role::assistant), Options(), false).http.body;
  EXPECT_NE(own.find(raw), std::string::npos) << own;
  const EncodedRequest other =
      encode(local(), one(Part::unknown("anthropic", Json(raw)), Role::assistant), Options(), false);
  EXPECT_EQ(other.http.body.find("odd"), std::string::npos);
  ASSERT_EQ(other.warnings.size(), 1u);
  EXPECT_EQ(other.warnings[0].where(), "messages/0/content/0");
}

TEST(Encode, AnAnswerGoesBackAsItCame) {
  const std::string answer = R"({"choices":[{"message":{"content":null,"tool_calls":[{"id":"c1","type":"function",
      "function":{"name":"f","arguments":"{ \"z\": 1.0, \"a\": 2 }"}}]},"finish_reason":"tool_calls"}]})";
  const Result<Response> response = decode(answer, DecodeOptions("openai-chat"));
  ASSERT_TRUE(response);
  Messages history = Messages().user("hi").add(response->message()).tool_result("c1", "3");
  const std::string body = encode(local(), history, Options(), false).http.body;
  EXPECT_NE(body.find(R"("arguments":"{ \"z\": 1.0, \"a\": 2 }")"), std::string::npos) << body;
  const std::string native = encode(ollama(), history, Options(), false).http.body;
  EXPECT_NE(native.find(R"("arguments":{ "z": 1.0, "a": 2 })"), std::string::npos) << native;
}

TEST(Encode, WhatAProviderWantsToSeeAgainGoesBackToItAlone) {
  // providers.md 6.6; traps 95, 97; 1.4
  const std::string details = R"([{"type":"reasoning.encrypted", "data":"gAAA==","index":0}])";
  const std::string seal = R"({"google": {"thought_signature":"Cs4B=="}})";
  const std::string answer = R"({"choices":[{"message":{"content":"ok","reasoning_details":)" + details +
                             R"(,"tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{}"},"extra_content":)" +
                             seal + R"(},{"id":"c2","type":"custom","custom":{"name":"sql","input":"SELECT 1"}}]}}]})";
  const Result<Response> response = decode(answer, DecodeOptions("openai-chat"));
  ASSERT_TRUE(response);
  const Messages history = Messages().user("hi").add(response->message()).tool_result("c1", "3").tool_result("c2", "4");
  const std::string own = encode(local(), history, Options(), false).http.body;
  EXPECT_NE(own.find("\"reasoning_details\":" + details), std::string::npos) << own;
  EXPECT_NE(own.find("\"extra_content\":" + seal), std::string::npos) << own;
  EXPECT_EQ(difference(parse_json(R"({"id":"c2","type":"custom","custom":{"name":"sql","input":"SELECT 1"}})"),
                       parse_json(own).at("messages").at(1).at("tool_calls").at(1)),
            std::nullopt);
  const EncodedRequest other = encode(ollama(), history, Options(), false);
  // What is missed there is the thought, and the input of the custom tool, which is no JSON.
  EXPECT_EQ(warned(other), (std::vector<std::string>{"messages/1/content/0", "messages/1/content/3/arguments"}));
  EXPECT_EQ(other.http.body.find("gAAA"), std::string::npos) << other.http.body;
  EXPECT_EQ(other.http.body.find("Cs4B"), std::string::npos) << other.http.body;
}

OwnOptions own(const char* family, const char* name, const char* json) {
  return OwnOptions(family).set(name, Json(json));
}

std::string text_of(const ModelConfig& config, const Message& message) {
  return encode(config, Messages().add(message), Options(), false).http.body;
}

TEST(Encode, OwnFieldsOfMessagesWin) {
  Message message(Role::user, "a");
  message.with(own("openai", "weight", "0")).with(own("openai-chat", "content", "\"b\""));
  message.with(own("openai", "weight", "1")).with(own("anthropic", "other", "1"));
  EXPECT_NE(text_of(local(), message).find(R"("messages":[{"role":"user","weight":1,"content":"b"}])"),
            std::string::npos)
      << text_of(local(), message);
  EXPECT_EQ(message_refused_at(Messages().add(Message(Role::user, "a").with(own("openai", "x", "[")))), "messages/0/x");
}

TEST(Encode, OwnFieldsOfPartsStandBesideOurs) {
  const Part cached = Part::text("a").with(own("openai", "cache", R"({"ttl": 1.0})"));
  const Part foreign = Part::text("b").with(own("anthropic", "x", "1"));
  const std::string both = text_of(local(), Message(Role::user).add(cached).add(foreign));
  EXPECT_NE(both.find(R"("content":[{"type":"text","text":"a","cache":{"ttl": 1.0}},{"type":"text","text":"b"}])"),
            std::string::npos)
      << both;
  const std::string one_part = text_of(local(), Message(Role::user).add(cached));
  EXPECT_NE(one_part.find(R"("content":[{"type":"text")"), std::string::npos) << one_part;
  const Part image = Part::image_url("https://x.example/a.png").with(own("openai", "y", "2"));
  const std::string picture = text_of(local(), Message(Role::user).add(image));
  EXPECT_NE(picture.find(R"("url":"https://x.example/a.png"},"y":2})"), std::string::npos) << picture;
  EXPECT_EQ(message_refused_at(one(Part::text("a").with(own("openai", "x", "{")))), "messages/0/content/0/x");
  EXPECT_EQ(message_refused_at(one(Part::tool_call("c", "f", "{}").with(own("openai", "x", "y")), Role::assistant)),
            "messages/0/content/0/x");
}

TEST(Encode, OwnFieldsAtOllama) {
  Message message(Role::user, "a");
  message.with(own("ollama", "new", "1.0")).with(own("ollama", "content", "\"b\""));
  EXPECT_NE(text_of(ollama(), message).find(R"({"role":"user","new":1.0,"content":"b"})"), std::string::npos)
      << text_of(ollama(), message);
  const Message call =
      Message(Role::assistant).add(Part::tool_call("c", "f", "{}").with(own("ollama", "seal", "\"x\"")));
  EXPECT_NE(text_of(ollama(), call).find(R"("arguments":{}},"seal":"x"})"), std::string::npos)
      << text_of(ollama(), call);
  const EncodedRequest encoded = encode(ollama(), one(Part::text("a").with(own("ollama", "x", "1"))), Options(), false);
  ASSERT_EQ(encoded.warnings.size(), 1u);
  EXPECT_EQ(encoded.warnings[0].where(), "messages/0/content/0");
}

TEST(Encode, ToolsThatAProviderRunsGoToItAlone) {
  const Options options = Options().tools(Tool::provider_defined("openai", R"({"type": "web_search"})"),
                                          Tool("f", "").with(own("openai", "cache", "1")));
  const std::string body = encode(local(), "hi", options, false).http.body;
  EXPECT_NE(body.find(R"("tools":[{"type": "web_search"},{"type":"function")"), std::string::npos) << body;
  EXPECT_NE(body.find(R"(},"cache":1}])"), std::string::npos) << body;
  const EncodedRequest encoded = encode(ollama(), "hi", options, false);
  ASSERT_EQ(encoded.warnings.size(), 1u);
  EXPECT_EQ(encoded.warnings[0].where(), "tools/0");
  EXPECT_EQ(parse_json(encoded.http.body).at("tools").as_array().size(), 1u);
}

TEST(Encode, NamesOfToolsThatNotEveryProviderTakes) {
  // providers.md, trap 77: what is sent comes back as it was.
  const Options options = Options().tools(Tool("files/read.all", "")).tool_choice(ToolChoice::named("files/read.all"));
  const Messages messages = one(Part::tool_call("c", "files/read.all", "{}"), Role::assistant);
  const boost::json::value body = body_of(local(), messages, options);
  const auto& name = body.at("tools").at(0).at("function").at("name").as_string();
  EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"),
            boost::json::string::npos)
      << name;
  EXPECT_EQ(body.at("tool_choice").at("function").at("name").as_string(), name);
  EXPECT_EQ(body.at("messages").at(0).at("tool_calls").at(0).at("function").at("name").as_string(), name);
  const Result<Response> response = decode(
      R"({"choices":[{"message":{"tool_calls":[{"id":"c","function":{"name":")" + std::string(name) + R"("}}]}}]})",
      DecodeOptions("openai-chat"));
  EXPECT_EQ(response->tool_calls().at(0).name(), "files/read.all");
}

TEST(Encode, IdsOfToolCallsAreNotTooLong) {
  // providers.md, trap 71
  const std::string id(65, 'x');
  const Messages messages =
      Messages().add(Message(Role::assistant).add(Part::tool_call(id, "f", "{}"))).tool_result(id, "1");
  const boost::json::value body = body_of(local(), messages);
  const auto& sent = body.at("messages").at(0).at("tool_calls").at(0).at("id").as_string();
  EXPECT_LE(sent.size(), 64u);
  EXPECT_EQ(sent, body.at("messages").at(1).at("tool_call_id").as_string());
  const Messages kept = one(Part::tool_call("a.b:c", "f", "{}"), Role::assistant);
  EXPECT_EQ(body_of(local(), kept).at("messages").at(0).at("tool_calls").at(0).at("id").as_string(), "a.b:c");
}

TEST(Encode, IdsOfToolCallsFitTheProvider) {
  // providers.md 6.2, trap 71: nine letters and digits at Mistral
  const ModelConfig mistral("m", "mistral");
  const auto sent = [&](const std::string& id) {
    const Messages messages =
        Messages().add(Message(Role::assistant).add(Part::tool_call(id, "f", "{}"))).tool_result(id, "1");
    const boost::json::value body = body_of(mistral, messages);
    const std::string call(body.at("messages").at(0).at("tool_calls").at(0).at("id").as_string());
    EXPECT_EQ(call, std::string(body.at("messages").at(1).at("tool_call_id").as_string()));
    return call;
  };
  EXPECT_EQ(sent("gSIMJiOkT"), "gSIMJiOkT");
  for (const char* id : {"call_1", "call_2", "toolu_01", "gSIMJiOk_", "gSIMJiOkTx", "x"}) {
    const std::string made = sent(id);
    EXPECT_EQ(made.size(), 9u) << id;
    EXPECT_TRUE(std::all_of(made.begin(), made.end(), [](unsigned char c) { return std::isalnum(c); })) << made;
    EXPECT_EQ(made, sent(id));
  }
  EXPECT_NE(sent("call_1"), sent("call_2"));
}

TEST(Encode, ToolResultsOfMoreThanText) {
  const Part result =
      Part::tool_result("c", std::vector<Part>{Part::text("a"), Part::image_url("https://x.example/a.png")});
  for (const ModelConfig& config : {local(), ollama()}) {
    const EncodedRequest encoded = encode(config, answered(result), Options(), false);
    EXPECT_EQ(parse_json(encoded.http.body).at("messages").at(1).at("content").as_string(), "a");
    ASSERT_EQ(encoded.warnings.size(), 1u);
    EXPECT_EQ(encoded.warnings[0].where(), "messages/1/content/0");
  }
}

TEST(Encode, ToolNamesOfResultsAreLookedUp) {
  Message calls(Role::assistant);
  calls.add(Part::tool_call("c1", "f", "{}")).add(Part::tool_call("c2", "g", "{}")).add(Part::tool_call("", "h", "{}"));
  Messages messages = Messages().add(calls).tool_result("c1", "x");
  messages.add(Message(Role::tool).add(Part::tool_result("c2", "y", false, "given"))).tool_result("", "z");
  const boost::json::value body = body_of(ollama(), messages);
  EXPECT_EQ(body.at("messages").at(1).at("tool_name").as_string(), "f");
  EXPECT_EQ(body.at("messages").at(2).at("tool_name").as_string(), "given");
  EXPECT_EQ(body.at("messages").at(3).at("tool_name").as_string(), "h");
  EXPECT_FALSE(body.at("messages").at(3).as_object().contains("tool_call_id"));
}

TEST(Encode, ToolChoiceByName) {
  const Options options = Options().tools(Tool("f", "")).tool_choice(ToolChoice::named("f"));
  EXPECT_EQ(difference(parse_json(R"({"type":"function","function":{"name":"f"}})"),
                       body_of(local(), "hi", options).at("tool_choice")),
            std::nullopt);
}

TEST(Encode, WhatIsSaidIsEscaped) {
  const std::string text = "\"\\\n\t\x01\x7f é 👋 </script>";
  EXPECT_EQ(body_of(local(), Messages().user(text)).at("messages").at(0).at("content").as_string(), text);
  EXPECT_EQ(body_of(ollama(), Messages().user(text)).at("messages").at(0).at("content").as_string(), text);
}

TEST(Encode, LoneSurrogatesAreReplaced) {
  // providers.md 0.1: several servers answer them with 400.
  const ChatRequest request =
      parse_chat_request(R"({"model":"m","messages":[{"role":"user","content":"a\ud83d b\ude00\ud83d\ude00"}]})");
  EXPECT_EQ(body_of(local(), request.messages).at("messages").at(0).at("content").as_string(),
            "a\uFFFD b\uFFFD\U0001F600");
}

TEST(Encode, NumbersAreShort) {
  const std::string body = encode(local(), "hi", Options().temperature(0.7).top_p(1), false).http.body;
  EXPECT_NE(body.find("\"temperature\":0.7,\"top_p\":1"), std::string::npos) << body;
}

}  // namespace
}  // namespace antiphon::tests
