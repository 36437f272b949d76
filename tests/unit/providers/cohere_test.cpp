// What Cohere takes beside the fixtures: typed options, documents, what goes back.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <antiphon/codec.hpp>
#include <antiphon/cohere.hpp>

#include "encoded.hpp"
#include "fixture.hpp"
#include "providers/codec.hpp"
#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

ModelConfig command() { return ModelConfig("command-a-03-2025", providers::cohere); }

EncodedRequest cohere_encoded(const Messages& messages, const Options& options = Options()) {
  return encode(command(), messages, options, false);
}

boost::json::value cohere_body(const Messages& messages, const Options& options = Options()) {
  return parse_json(cohere_encoded(messages, options).http.body);
}

boost::json::value field(const cohere::Options& own, const char* name) {
  return cohere_body("Hi", Options().with(own)).at(name);
}

TEST(Cohere, TypedOptionsOfACall) {
  expect_json(
      R"(["a \"b\"",{"id":"d","data":{"text":"c"}}])",
      field(cohere::Options().document("a \"b\"").document_object(R"({"id":"d","data":{"text":"c"}})"), "documents"));
  expect_json(R"({"mode":"OFF"})", field(cohere::Options().citations("OFF"), "citation_options"));
  expect_json(R"("STRICT")", field(cohere::Options().safety_mode("STRICT"), "safety_mode"));
  expect_json(R"({"type":"enabled"})", field(cohere::Options().thinking(true), "thinking"));
  expect_json(R"({"type":"disabled"})", field(cohere::Options().thinking(false), "thinking"));
  expect_json(R"({"type":"enabled","token_budget":64})", field(cohere::Options().thinking_budget(64), "thinking"));
  expect_json("7", field(cohere::Options().priority(7), "priority"));
  expect_json("true", field(cohere::Options().raw_prompting(true), "raw_prompting"));
}

TEST(Cohere, OptionsOfAnotherFamilyAreNotMeantForIt) {
  const EncodedRequest request = cohere_encoded("Hi", Options().with(OwnOptions("bedrock").set("x", 1)).strict());
  EXPECT_EQ(request.http.body.find("\"x\""), std::string::npos);
}

TEST(Cohere, StopsBeyondTheFifthAreLeftOut) {
  const EncodedRequest request = cohere_encoded("Hi", Options().stop("1", "2", "3", "4", "5", "6"));
  expect_json(R"(["1","2","3","4","5"])", parse_json(request.http.body).at("stop_sequences"));
  EXPECT_EQ(warned(request), std::vector<std::string>{"stop"});
}

TEST(Cohere, ANegativeSeedIsNotTaken) {
  EXPECT_EQ(warned(cohere_encoded("Hi", Options().seed(-1))), std::vector<std::string>{"seed"});
  expect_json("7", cohere_body("Hi", Options().seed(7)).at("seed"));
}

TEST(Cohere, DocumentsOfTextGoToTheDocumentsOfTheRequest) {
  const Messages messages = Messages().add(Message(Role::user)
                                               .add(Part::text("Read."))
                                               .add(Part::document("The sky is blue.", "text/plain", "sky.txt"))
                                               .add(Part::document("{\"a\":1}", "application/json")));
  const boost::json::value body = cohere_body(messages, Options().with(cohere::Options().document("first")));
  expect_json(R"(["first",{"data":{"title":"sky.txt","text":"The sky is blue."}},{"data":{"text":"{\"a\":1}"}}])",
              body.at("documents"));
  expect_json(R"([{"role":"user","content":"Read."}])", body.at("messages"));
}

TEST(Cohere, ImagesByTheirBytes) {
  const Messages messages = Messages().add(Message(Role::user).add(Part::image("abc", "image/png")));
  expect_json(R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,YWJj"}}])",
              cohere_body(messages).at("messages").at(0).at("content"));
}

TEST(Cohere, AResultOfSeveralPartsIsDocuments) {
  std::vector<Part> parts{Part::text("a"), Part::text("b"), Part::image("abc", "image/png")};
  const Messages messages = Messages()
                                .user("Hi")
                                .add(Message(Role::assistant).add(Part::tool_call("1", "f", "{}")))
                                .add(Message(Role::tool).add(Part::tool_result("1", parts)));
  const EncodedRequest request = cohere_encoded(messages, Options().tools(Tool("f", "d")));
  expect_json(R"({"role":"tool","tool_call_id":"1","content":[{"type":"document","document":{"data":"a"}},
                  {"type":"document","document":{"data":"b"}}]})",
              parse_json(request.http.body).at("messages").at(2));
  EXPECT_EQ(warned(request), std::vector<std::string>{"messages/2/content/0"});
}

TEST(Cohere, AToolOfItsOwnAndOneOfOthers) {
  const EncodedRequest request = cohere_encoded(
      "Hi",
      Options().tools(Tool::provider_defined("cohere", R"({"type":"web"})"), Tool::provider_defined("openai", "{}")));
  expect_json(R"([{"type":"web"}])", parse_json(request.http.body).at("tools"));
  EXPECT_EQ(warned(request), std::vector<std::string>{"tools/1"});
}

Message answered_by_cohere(const std::string& message) {
  RecordedAnswer answer;
  answer.protocol = "cohere";
  answer.bytes = R"({"id":"c","finish_reason":"COMPLETE","message":)" + message + "}";
  const ReadAnswer read = read_answer(answer);
  EXPECT_TRUE(read.result) << read.as_json();
  return read.result->message();
}

TEST(Cohere, AnAnswerGoesBackAsItCame) {
  const Message said = answered_by_cohere(
      R"({"content":[{"type":"thinking","thinking":"hm"},{"type":"hologram","z":1.0},{"type":"text","text":"世界 🎈"}]})");
  expect_json(R"([{"type":"thinking","thinking":"hm"},{"type":"hologram","z":1.0},{"type":"text","text":"世界 🎈"}])",
              cohere_body(Messages().user("Hi").add(said).user("Go")).at("messages").at(1).at("content"));
}

TEST(Cohere, APlanGoesBackAsAPlan) {
  const Message said = answered_by_cohere(
      R"({"content":[{"type":"thinking","thinking":"hm"}],"tool_plan":"I look.",)"
      R"("tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"z\":1.0}"}}]})");
  expect_json(R"({"role":"assistant","content":[{"type":"thinking","thinking":"hm"}],"tool_plan":"I look.",
                  "tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"z\":1.0}"}}]})",
              cohere_body(Messages().user("Hi").add(said).tool_result("1", "x"), Options().tools(Tool("f", "d")))
                  .at("messages")
                  .at(1));
}

TEST(Cohere, ABlockOfAnotherProviderIsLeftOut) {
  const Messages messages = Messages()
                                .user("Hi")
                                .add(Message(Role::assistant).add(Part::unknown("openai", "{}")).add(Part::text("a")))
                                .user("Go");
  EXPECT_EQ(warned(cohere_encoded(messages)), std::vector<std::string>{"messages/1/content/0"});
}

TEST(Cohere, Models) {
  const codec::Codec& codec = *codec::find_codec("cohere");
  const codec::Target target{codec::find_preset("cohere"), {}, "https://api.cohere.com"};
  const HttpRequest request = codec.list_models(target, "");
  EXPECT_EQ(request.url, "https://api.cohere.com/v1/models?page_size=1000");
  EXPECT_EQ(request.headers.get("x-client-name"), "antiphon");
  const codec::ModelPage page =
      codec.models(R"({"models":[{"name":"command-a","context_length":256000}],"next_page_token":""})");
  ASSERT_EQ(page.models.size(), 1U);
  EXPECT_EQ(page.models[0].id(), "command-a");
  EXPECT_EQ(page.models[0].context_window(), Count(256000));
}

// providers.md §6.12: a citation is of the text that it names, whatever came between.
TEST(Cohere, ACitationIsOfTheTextThatItNames) {
  RecordedAnswer answer;
  answer.protocol = "cohere";
  answer.stream = true;
  const auto cited = [](const std::string& place) {
    return data_event(R"({"type":"citation-start","index":0,"delta":{"message":{"citations":{"start":0,"end":3)" +
                      place + "}}}}");
  };
  answer.bytes = data_event(R"({"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Red"}}}})") +
                 data_event(R"({"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"Sky"}}}})") +
                 data_event(R"({"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":)"
                            R"({"id":"a","function":{"name":"f","arguments":"{}"}}}}})") +
                 cited(R"(,"content_index":0)") + cited("") + cited(R"(,"content_index":7)") +
                 data_event(R"({"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"!"}}}})") +
                 data_event(R"({"type":"message-end","delta":{"finish_reason":"TOOL_CALL"}})");
  const ReadAnswer read = read_answer(answer);
  ASSERT_TRUE(read.result) << read.as_json();
  const std::vector<Part>& parts = read.result->message().parts();
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].text(), "Red");
  EXPECT_EQ(parts[0].citations().size(), 1U);
  EXPECT_EQ(parts[1].text(), "Sky!");
  EXPECT_EQ(parts[1].citations().size(), 2U);
  EXPECT_TRUE(parts[2].citations().empty());
}

}  // namespace
}  // namespace antiphon::tests
