// Fields of the user's own on messages, parts and tools: they are sent where the protocol has a place for them, and
// noted where it has none.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <antiphon/bedrock.hpp>
#include <antiphon/codec.hpp>

#include "encoded.hpp"
#include "fixture.hpp"

namespace antiphon::tests {
namespace {

EncodedRequest encoded_for(const char* provider, const Messages& messages, const Options& options = Options()) {
  return encode(ModelConfig("m", ProviderId(provider)).base_url("http://h"), messages, options, false);
}

using Places = std::vector<std::string>;

OwnOptions odd(const char* family, int value = 7) { return OwnOptions(family).set("oddity", value); }

void expect_at(const EncodedRequest& request, const char* pointer, const char* expected) {
  const boost::json::value body = parse_json(request.http.body);
  boost::system::error_code none;
  const boost::json::value* found = body.find_pointer(pointer, none);
  ASSERT_TRUE(found) << pointer << ": " << request.http.body;
  EXPECT_EQ(difference(parse_json(expected), *found), std::nullopt) << request.http.body;
  EXPECT_EQ(warned(request), Places());
}

/// The field is noted there, is not sent, and is an error where nothing may be lost.
void expect_noted(const char* provider, const Messages& messages, const char* place) {
  const EncodedRequest request = encoded_for(provider, messages);
  EXPECT_EQ(warned(request), Places{place}) << provider;
  EXPECT_EQ(request.http.body.find("oddity"), std::string::npos) << request.http.body;
  try {
    encoded_for(provider, messages, Options().strict());
    ADD_FAILURE() << provider << " " << place;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_EQ(error.where(), place);
  }
}

Messages history_with(Part call, Part result) {
  return Messages()
      .user("a")
      .add(Message(Role::assistant).add(std::move(call)))
      .add(Message(Role::tool).add(std::move(result)));
}

TEST(OwnFields, ACachePointOnASystemMessageAtBedrock) {
  const Messages messages = Messages().add(Message(Role::system, "s").with(bedrock::cache_point())).user("a");
  expect_at(encoded_for("bedrock", messages), "/system", R"([{"text":"s"},{"cachePoint":{"type":"default"}}])");
}

TEST(OwnFields, WithoutAPlaceAtBedrock) {
  const Message user(Role::user, "a");
  expect_noted("bedrock", Messages().add(Message(user).with(odd("bedrock"))), "messages/oddity");
  expect_noted("bedrock", Messages().add(Message(Role::system, "s").with(odd("bedrock"))).user("a"), "messages/oddity");
  expect_noted("bedrock", one(Part::text("a").with(odd("bedrock"))), "messages/0/content/0/oddity");
  const Part thought = Part::reasoning("hm").with_signature("bedrock", "c2VhbA==").with(odd("bedrock"));
  expect_noted("bedrock", Messages().user("a").add(Message(Role::assistant).add(thought)),
               "messages/1/content/0/oddity");
  const Part inside = Part::tool_result("c", {Part::text("a").with(odd("bedrock"))});
  Options tools;
  tools.tools(Tool("f", "d"));
  EXPECT_EQ(warned(encoded_for("bedrock", history_with(Part::tool_call("c", "f", "{}"), inside), tools)),
            Places{"messages/2/content/0/oddity"});
  const Part marked = Part::tool_result("c", {Part::text("a").with(bedrock::cache_point())});
  EXPECT_EQ(warned(encoded_for("bedrock", history_with(Part::tool_call("c", "f", "{}"), marked), tools)),
            Places{"messages/2/content/0/cachePoint"});
}

TEST(OwnFields, OfMessagesAtCohere) {
  const Message user = Message(Role::user, "a").with(odd("cohere"));
  expect_at(encoded_for("cohere", Messages().add(user)), "/messages/0", R"({"role":"user","content":"a","oddity":7})");
  const Message system = Message(Role::system, "s").with(odd("cohere"));
  expect_at(encoded_for("cohere", Messages().add(system).user("a")), "/messages/0",
            R"({"role":"system","content":"s","oddity":7})");
  const Message said = Message(Role::assistant, "b").with(odd("cohere"));
  expect_at(encoded_for("cohere", Messages().user("a").add(said).user("c")), "/messages/1",
            R"({"role":"assistant","content":"b","oddity":7})");
}

TEST(OwnFields, OfPartsAtCohere) {
  expect_at(encoded_for("cohere", one(Part::text("a").with(odd("cohere")))), "/messages/0/content",
            R"([{"type":"text","text":"a","oddity":7}])");
  expect_at(encoded_for("cohere", one(Part::image_url("https://x.example/a.png").with(odd("cohere")))),
            "/messages/0/content",
            R"([{"type":"image_url","image_url":{"url":"https://x.example/a.png"},"oddity":7}])");
  expect_at(encoded_for("cohere", one(Part::document("t", "text/plain").with(OwnOptions("cohere").set("id", "d1")))),
            "/documents", R"([{"data":{"text":"t"},"id":"d1"}])");
  const EncodedRequest request =
      encoded_for("cohere", history_with(Part::tool_call("c", "f", "{}").with(odd("cohere", 1)),
                                         Part::tool_result("c", "r").with(odd("cohere", 2))));
  expect_at(request, "/messages/1/tool_calls/0",
            R"({"id":"c","type":"function","function":{"name":"f","arguments":"{}"},"oddity":1})");
  expect_at(request, "/messages/2", R"({"role":"tool","tool_call_id":"c","content":"r","oddity":2})");
  const Part inside = Part::tool_result("c", {Part::text("r").with(odd("cohere"))});
  expect_at(encoded_for("cohere", history_with(Part::tool_call("c", "f", "{}"), inside)), "/messages/2/content",
            R"([{"type":"document","document":{"data":"r","oddity":7}}])");
  // By its id a document is cited (providers.md §6.12).
  const Part cited = Part::tool_result("c", {Part::text("r").with(OwnOptions("cohere").set("id", "d1"))});
  expect_at(encoded_for("cohere", history_with(Part::tool_call("c", "f", "{}"), cited)), "/messages/2/content",
            R"([{"type":"document","document":{"data":"r","id":"d1"}}])");
}

TEST(OwnFields, OfToolsAtCohere) {
  const Options options = Options().tools(Tool("f", "d", R"({"type":"object"})").with(odd("cohere")));
  expect_at(
      encoded_for("cohere", "a", options), "/tools/0",
      R"({"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}},"oddity":7})");
}

std::string refused_at(const char* provider, const Messages& messages, const Options& options = Options()) {
  try {
    encoded_for(provider, messages, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
    return error.where();
  }
  return "accepted";
}

TEST(OwnFields, ThatStandThereAlreadyAreRefusedAtCohere) {
  const auto own = [](const char* name) { return OwnOptions("cohere").set(name, "b"); };
  EXPECT_EQ(refused_at("cohere", one(Part::text("a").with(own("text")))), "messages/0/content/0/text");
  EXPECT_EQ(refused_at("cohere", one(Part::image_url("https://h/a.png").with(own("image_url")))),
            "messages/0/content/0/image_url");
  EXPECT_EQ(refused_at("cohere", Messages().add(Message(Role::user, "a").with(own("role")))), "messages/role");
  EXPECT_EQ(refused_at("cohere", one(Part::document("t", "text/plain").with(own("data")))),
            "messages/0/content/0/data");
  const Part call = Part::tool_call("c", "f", "{}");
  EXPECT_EQ(refused_at("cohere", history_with(Part(call).with(own("function")), Part::tool_result("c", "r"))),
            "messages/1/content/0/function");
  EXPECT_EQ(refused_at("cohere", history_with(call, Part::tool_result("c", "r").with(own("content")))),
            "messages/2/content/0/content");
  EXPECT_EQ(refused_at("cohere", history_with(call, Part::tool_result("c", {Part::text("r").with(own("data"))}))),
            "messages/2/content/0/data");
}

// A name that stands in an object twice is whichever of the two a server takes.
TEST(OwnFields, ThatAToolHasAlreadyAreRefused) {
  for (const char* provider : {"openai", "openai-responses", "cohere", "ollama"}) {
    const Options options = Options().tools(Tool("f", "").with(OwnOptions(provider).set("type", "b")));
    EXPECT_EQ(refused_at(provider, "a", options), "tools/0/type") << provider;
  }
}

/// What a protocol calls the parts that a user and a model say.
struct Written {
  const char* provider;
  Part part;
  const char* name;  ///< that stands in its JSON
};

Messages conversation_with(const Part& part) {
  const bool of_model =
      part.kind() == PartKind::tool_call || part.kind() == PartKind::reasoning || part.kind() == PartKind::refusal;
  if (part.kind() == PartKind::tool_result) return history_with(Part::tool_call("c", "f", "{}"), part);
  return Messages().user("a").add(Message(of_model ? Role::assistant : Role::user).add(part));
}

// providers.md §1.3, §4.3, §5.2, §6.13.
TEST(OwnFields, ThatAPartHasAlreadyAreRefused) {
  const Part text = Part::text("a");
  const Part image = Part::image("\x89PNG", "image/png");
  const Part audio = Part::audio("RIFF", "wav");
  const Part document = Part::document("%PDF", "application/pdf", "a.pdf");
  const Part call = Part::tool_call("c", "f", "{}");
  const Part result = Part::tool_result("c", "r", true, "f");
  const Part sealed = Part::text("a").with_signature("gemini", "c2VhbA==");
  const Written all[] = {
      {"openai", text, "type"},
      {"openai", text, "text"},
      {"openai", image, "image_url"},
      {"openai", audio, "input_audio"},
      {"openai", document, "file"},
      {"openai", document, "type"},
      {"openai", Part::refusal("no"), "refusal"},
      {"openai", call, "id"},
      {"openai", call, "function"},
      {"ollama", call, "id"},
      {"ollama", call, "function"},
      {"gemini", text, "text"},
      {"gemini", image, "inlineData"},
      {"gemini", audio, "inlineData"},
      {"gemini", Part::document_url("gs://b/a.pdf"), "fileData"},
      {"gemini", sealed, "thoughtSignature"},
      {"gemini", call, "functionCall"},
      {"gemini", result, "functionResponse"},
      {"bedrock", image, "format"},
      {"bedrock", image, "source"},
      {"bedrock", document, "name"},
      {"bedrock", call, "input"},
      {"bedrock", call, "toolUseId"},
      {"bedrock", result, "content"},
      {"bedrock", result, "status"},
      {"openai-responses", text, "text"},
      {"openai-responses", call, "arguments"},
  };
  for (const Written& each : all) {
    const Part part = each.part.with(OwnOptions(each.provider).set(each.name, "mine"));
    const Messages messages = conversation_with(part);
    const std::string place = PartKind::tool_result == part.kind() ? "messages/2/content/0/" : "messages/1/content/0/";
    EXPECT_EQ(refused_at(each.provider, messages), place + each.name) << each.provider << " " << to_string(part.kind());
  }
}

// A call without a seal has room for one of the user's (§4.3), a result that did not fail for a status (§6.13).
TEST(OwnFields, TakeAPlaceThatIsEmpty) {
  const Part call = Part::tool_call("c", "f", "{}").with(OwnOptions("gemini").set("thoughtSignature", "b"));
  expect_at(encoded_for("gemini", Messages().user("a").add(Message(Role::assistant).add(call))), "/contents/1/parts/0",
            R"({"functionCall":{"id":"c","name":"f","args":{}},"thoughtSignature":"b"})");
  const Part result = Part::tool_result("c", "r").with(OwnOptions("bedrock").set("status", "success"));
  Options tools;
  tools.tools(Tool("f", "d"));
  expect_at(encoded_for("bedrock", history_with(Part::tool_call("c", "f", "{}"), result), tools),
            "/messages/2/content/0/toolResult", R"({"toolUseId":"c","content":[{"text":"r"}],"status":"success"})");
}

// At Anthropic and in the messages of Chat Completions and Ollama they take the place of ours, as those of a request
// do.
TEST(OwnFields, TakeThePlaceOfOurs) {
  const Part text = Part::text("a").with(OwnOptions("anthropic").set("text", "b"));
  expect_at(encoded_for("anthropic", one(text)), "/messages/0/content", R"([{"type":"text","text":"b"}])");
  for (const char* provider : {"openai", "ollama"}) {
    const Message message = Message(Role::user, "a").with(OwnOptions(provider).set("content", "b"));
    expect_at(encoded_for(provider, Messages().add(message)), "/messages/0", R"({"role":"user","content":"b"})");
  }
  // What a thought brings along stands in its message.
  const Part thought = Part::reasoning("hm").with(OwnOptions("openai").set("content", "b").set("oddity", 7));
  const EncodedRequest request =
      encoded_for("openai", Messages().user("a").add(Message(Role::assistant).add(thought).add(thought)));
  EXPECT_EQ(request.http.body.find(R"("content":"b")"), request.http.body.rfind(R"("content":"b")"));
  expect_at(request, "/messages/1", R"({"role":"assistant","content":"b","oddity":7})");
}

TEST(OwnFields, OfAMessageWithAResultHaveNoPlaceAtResponses) {
  Messages messages = Messages().user("a").add(Message(Role::assistant).add(Part::tool_call("c", "f", "{}")));
  messages.add(Message(Role::tool).add(Part::tool_result("c", "r")).with(odd("openai-responses")));
  expect_noted("openai-responses", messages, "messages/2/oddity");
}

TEST(OwnFields, OfADocumentAtResponses) {
  // A field that is another part's is none of this one's (providers.md §2.3).
  const Part paper =
      Part::document("%PDF-", "application/pdf", "a.pdf").with(OwnOptions("openai").set("detail", "low"));
  expect_at(encoded_for("openai-responses", one(paper)), "/input/0/content/0",
            R"({"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0=",)"
            R"("detail":"low"})");
}

TEST(OwnFields, OfSomebodyElseChangeNothingAtCohere) {
  const Messages messages = Messages().add(Message(Role::user).add(Part::text("a").with(odd("anthropic"))));
  expect_at(encoded_for("cohere", messages), "/messages/0", R"({"role":"user","content":"a"})");
}

TEST(OwnFields, WithoutAPlaceAtCohere) {
  Messages messages = Messages().user("a").add(Message(Role::assistant).add(Part::tool_call("c", "f", "{}")));
  messages.add(Message(Role::tool).add(Part::tool_result("c", "r")).with(odd("cohere")));
  expect_noted("cohere", messages, "messages/oddity");
  const Part block = Part::unknown("cohere", Json(R"({"type":"mood"})")).with(odd("cohere"));
  expect_noted("cohere", one(block), "messages/0/content/0/oddity");
}

TEST(OwnFields, OfAToolResultAtOpenAi) {
  const Messages messages =
      history_with(Part::tool_call("c", "f", "{}"), Part::tool_result("c", "r").with(odd("openai")));
  expect_at(encoded_for("openai", messages), "/messages/2",
            R"({"role":"tool","tool_call_id":"c","content":"r","oddity":7})");
  const Part inside = Part::tool_result("c", {Part::text("r").with(odd("openai"))});
  expect_at(encoded_for("openai", history_with(Part::tool_call("c", "f", "{}"), inside)), "/messages/2",
            R"({"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"r","oddity":7}]})");
  const Part picture =
      Part::tool_result("c", {Part::text("r"), Part::image_url("https://x.example").with(odd("openai"))});
  EXPECT_EQ(warned(encoded_for("openai", history_with(Part::tool_call("c", "f", "{}"), picture))),
            (Places{"messages/2/content/0/oddity", "messages/2/content/0"}));
  const Part block = Part::unknown("openai", Json(R"({"type":"mood"})")).with(odd("openai"));
  expect_noted("openai", one(block), "messages/0/content/0/oddity");
}

TEST(OwnFields, InsideOfAFunctionAtOpenAi) {
  const auto with = [](const char* inside) {
    Options options;
    options.tools(Tool("f", "d").with(OwnOptions("openai").set("function", Json(inside)).set("oddity", 7)));
    return options;
  };
  expect_at(encoded_for("openai", "a", with(R"({"x_more":1})")), "/tools/0",
            R"({"type":"function","function":{"name":"f","description":"d","parameters":
                {"type":"object","properties":{}},"x_more":1},"oddity":7})");
  const auto refused = [&](const char* inside) {
    try {
      encoded_for("openai", "a", with(inside));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
      return error.where();
    }
    return std::string("accepted");
  };
  EXPECT_EQ(refused(R"({"name":"g"})"), "tools/0/function/name");
  EXPECT_EQ(refused("7"), "tools/0/function");
}

TEST(OwnFields, OfSystemMessagesAtGemini) {
  const Messages part = Messages().add(Message(Role::system).add(Part::text("s").with(odd("gemini")))).user("a");
  expect_at(encoded_for("gemini", part), "/systemInstruction/parts", R"([{"text":"s","oddity":7}])");
  expect_noted("gemini", Messages().add(Message(Role::system, "s").with(odd("gemini"))).user("a"), "messages/oddity");
}

TEST(OwnFields, InsideOfAToolResultAtGemini) {
  const Part text = Part::tool_result("c", {Part::text("r").with(odd("gemini"))}, false, "f");
  expect_noted("gemini", history_with(Part::tool_call("c", "f", "{}"), text), "messages/2/content/0/oddity");
  const Part block = Part::unknown("gemini", Json(R"({"text":"x"})")).with(odd("gemini"));
  expect_noted("gemini", one(block), "messages/0/content/0/oddity");
}

}  // namespace
}  // namespace antiphon::tests
