// One conversation through every codec and back: a system message, long texts in five scripts with emoji, a picture,
// sealed reasoning, parallel tool calls and their results. What becomes of it stands in docs/providers/round-trip.md, a
// table for each protocol, which is compared with what the code does.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <boost/json/serialize.hpp>

#include "frame_fixture.hpp"
#include "json/reader.hpp"
#include "providers/base64.hpp"
#include "providers/tool_naming.hpp"
#include "recorded_answer.hpp"
#include "support/source_files.hpp"

namespace antiphon::tests {
namespace {

const std::string scripts =
    "Tidlig en morgen \U0001F305 — \"før\" klokka ringte.\n"
    "Ξύπνησα νωρίς το πρωί \U0001F525.\n"
    "Я проснулся рано утром \U0001F680.\n"
    "朝早く目が覚めました \U0001F468\u200D\U0001F469\u200D\U0001F467。\n"
    "استيقظت باكرا هذا الصباح \U0001F44D\U0001F3FD\\.\n";

std::string long_text(const std::string& begin) {
  std::string text = begin + "\n";
  while (text.size() < 20'000) text += scripts;
  return text;
}

/// What is looked for, in a request and in an answer.
struct Content {
  std::string system = "Answer in the language of the question. \U0001F4DC";
  std::string question = long_text("question");
  std::string picture = std::string("\x89PNG\r\n\x1a\n\0 picture", 16);
  std::string drawing = std::string("\x89PNG\r\n\x1a\n\0 drawing", 16);
  std::string spoken = "It rains in Bergen too.";
  std::string thought = "Both cities, at once. \U0001F914";
  std::string seal = "c2VhbGVkIHRob3VnaHRz";
  std::string text = long_text("answer");
  std::string arguments_a = R"({"city":"Oslo","n":1.0,"note":"ß \u00e9"})";
  std::string arguments_b = R"({"city":"東京"})";
  std::string result_a = "rain \U0001F327";
  std::string result_b = "sun \u2600";
  std::string last = "And tomorrow? \U0001F52E";
};

std::string in_json(const std::string& text) {
  const std::string quoted = boost::json::serialize(boost::json::value(text));
  return quoted.substr(1, quoted.size() - 2);
}

void replace_all(std::string& text, const std::string& mark, const std::string& value) {
  for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size()) {
    text.replace(at, mark.size(), value);
  }
}

struct Answers {
  RecordedAnswer whole;
  RecordedAnswer stream;
};

/// The answer as that protocol has it, whole and streamed.
Answers answers_of(const std::string& protocol, const Content& content) {
  std::string text = test::source_text("tests/fixtures/round-trip/" + protocol + ".json");
  // In the middle of the lines, at the end of a character.
  const std::size_t half = content.text.find('\n', content.text.size() / 2);
  replace_all(text, "@BEGIN", in_json(content.text.substr(0, half)));
  replace_all(text, "@REST", in_json(content.text.substr(half)));
  replace_all(text, "@TEXT", in_json(content.text));
  replace_all(text, "@THOUGHT", in_json(content.thought));
  replace_all(text, "@SEAL", content.seal);
  replace_all(text, "@ARGUMENTS_A", in_json(content.arguments_a));
  replace_all(text, "@ARGUMENTS_B", in_json(content.arguments_b));
  replace_all(text, "@OBJECT_A", content.arguments_a);
  replace_all(text, "@OBJECT_B", content.arguments_b);
  Answers answers;
  answers.whole.protocol = answers.stream.protocol = protocol;
  answers.stream.stream = true;
  Fixture frames;
  json::Reader reader;
  reader.read_copy(text, [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key == "whole") answers.whole.bytes = value.raw().value_or("");
      value.elements([&](json::Value event) {
        const std::string raw(event.raw().value_or(""));
        if (key == "events" && protocol == "bedrock-anthropic") {
          // Each event of Claude's is what a frame has for its bytes (providers.md §6.16).
          frames.frames.push_back(R"({"event":"chunk","payload":{"bytes":")" + base64::encode(raw) + R"("}})");
        } else if (key == "events") {
          answers.stream.bytes += "data: " + raw + "\n\n";
        }
        if (key == "frames") frames.frames.push_back(raw);
        if (key == "lines") answers.stream.bytes += raw + "\n";
      });
    });
  });
  EXPECT_FALSE(reader.failed()) << protocol << ": " << reader.error();
  add_frames(frames, answers.stream);
  return answers;
}

const codec::Preset& preset_for(const std::string& protocol) {
  for (const std::string& name : codec::preset_names()) {
    if (codec::find_preset(name)->protocol == protocol) return *codec::find_preset(name);
  }
  throw std::runtime_error("no provider speaks " + protocol);
}

/// What an object begins with among the texts.
const std::string object_mark = "\x01";

/// Every text of a JSON value with its place; objects too, as JSON, for arguments that are one.
void gather(const boost::json::value& value, const std::string& place, std::map<std::string, std::string>& texts) {
  if (value.is_string()) texts[place] = std::string(value.get_string());
  if (value.is_object()) {
    texts[place] = object_mark + boost::json::serialize(value);
    for (const auto& [key, member] : value.get_object()) gather(member, place + "/" + std::string(key), texts);
  }
  if (value.is_array()) {
    std::size_t index = 0;
    for (const auto& element : value.get_array()) gather(element, place + "/" + std::to_string(index++), texts);
  }
}

class RequestSearch {
 public:
  explicit RequestSearch(const EncodedRequest& request) : warnings_(request.warnings) {
    gather(parse_json(request.http.body), "", texts_);
  }

  /// Where a text stands, alone or behind a prefix such as that of a data URI; else what became of it.
  std::string find(const std::string& text, const std::string& part) const {
    for (const auto& [place, candidate] : texts_) {
      if (candidate == text) return "`" + place + "`";
    }
    for (const auto& [place, candidate] : texts_) {
      if (!candidate.starts_with(object_mark) && candidate.ends_with("," + text)) return "`" + place + "`, a data URI";
    }
    const bool warned = std::any_of(warnings_.begin(), warnings_.end(),
                                    [&](const Warning& warning) { return warning.where().starts_with(part); });
    return warned ? "left out, with a warning" : "left out";
  }
  /// Arguments as the text that they were, or as the object that they are.
  std::string find_arguments(const std::string& arguments, const std::string& part) const {
    const std::string as_text = find(arguments, part);
    if (as_text.starts_with('`')) return as_text + ", a text";
    const std::string as_object = find(object_mark + boost::json::serialize(parse_json(arguments)), part);
    return as_object.starts_with('`') ? as_object + ", an object" : as_object;
  }

  /// An id, or its stand-in.
  std::string find_id(const std::string& id, const std::string& part) const {
    const std::string as_it_is = find(id, part);
    const std::string stand_in = find(codec::plain_tool_id(id), part);
    return stand_in.starts_with('`') ? stand_in + ", a stand-in" : as_it_is;
  }

 private:
  std::map<std::string, std::string> texts_;
  std::vector<Warning> warnings_;
};

Messages conversation(const Content& content, const Message& answer) {
  Messages messages = Messages().system(content.system);
  messages.add(Message(Role::user).add(Part::text(content.question)).add(Part::image(content.picture, "image/png")));
  messages.add(answer);
  bool first = true;
  for (const Part& part : answer.parts()) {
    if (part.kind() != PartKind::tool_call) continue;
    messages.add(
        Message(Role::tool)
            .add(Part::tool_result(part.id(), first ? content.result_a : content.result_b, false, part.name())));
    first = false;
  }
  return messages.user(content.last);
}

EncodedRequest encode_for(const codec::Preset& preset, const Messages& messages) {
  ModelConfig config("m-1", ProviderId(preset.name));
  if (preset.base_url.empty()) config.base_url("https://host.example");
  return encode(config, messages, Options().tools(Tool("weather", "tells the weather")), false);
}

/// The section of a protocol in the document.
std::string section(const std::string& protocol, const Content& content, const Message& own) {
  const codec::Preset& preset = preset_for(protocol);
  const RequestSearch request(encode_for(preset, conversation(content, own)));
  Message foreign(Role::assistant);
  foreign.add(Part::reasoning(content.thought).with_signature("elsewhere", content.seal));
  foreign.add(Part::text("It rains.")).add(Part::tool_call("tool.1", "weather", content.arguments_b));
  foreign.add(Part::unknown("elsewhere", Json(R"({"type":"stamp","value":"unknown block"})"), "stamp"));
  const RequestSearch other(encode_for(preset, conversation(content, foreign)));
  Message shown(Role::assistant);
  shown.add(Part::image(content.drawing, "image/png"));
  shown.add(Part::audio("RIFF", {}, content.spoken, "audio_1").with_signature("elsewhere", {}));
  const RequestSearch media(encode_for(preset, conversation(content, shown)));

  std::string table = "## " + protocol + "\n\n| | where it goes |\n|---|---|\n";
  const auto row = [&](const std::string& what, const std::string& where) {
    table += "| " + what + " | " + where + " |\n";
  };
  row("system message", request.find(content.system, "messages/0"));
  row("question, 20 KB in five scripts", request.find(content.question, "messages/1/content/0"));
  row("picture", request.find(base64::encode(content.picture), "messages/1/content/1"));
  row("its own reasoning", request.find(content.thought, "messages/2/content/0"));
  row("the seal of it", request.find(content.seal, "messages/2/content"));
  row("its own text, 20 KB", request.find(content.text, "messages/2/content"));
  row("arguments of the first call", request.find_arguments(content.arguments_a, "messages/2/content"));
  row("arguments of the second call", request.find_arguments(content.arguments_b, "messages/2/content"));
  row("first result", request.find(content.result_a, "messages/3"));
  row("second result", request.find(content.result_b, "messages/4"));
  row("last question", request.find(content.last, "messages/5"));
  row("reasoning of another provider", other.find(content.thought, "messages/2/content/0"));
  row("the seal of another provider", other.find(content.seal, "messages/2/content/0"));
  row("text of another provider", other.find("It rains.", "messages/2/content/1"));
  row("a call's id that some refuse: `tool.1`", other.find_id("tool.1", "messages/2/content/2"));
  row("an unknown block of another provider", other.find("unknown block", "messages/2/content/3"));
  row("a picture that another provider drew", media.find(base64::encode(content.drawing), "messages/2/content/0"));
  row("what another provider spoke", media.find(content.spoken, "messages/2/content/1"));
  return table;
}

void expect_contents(const std::string& protocol, const Content& content, const Response& response) {
  const Message& message = response.message();
  EXPECT_EQ(message.content(), content.text) << protocol;
  std::string thought;
  for (const Part& part : message.parts()) thought += part.kind() == PartKind::reasoning ? part.text() : "";
  EXPECT_EQ(thought, content.thought) << protocol;
  const std::vector<Part> calls = response.tool_calls();
  ASSERT_EQ(calls.size(), 2U) << protocol;
  EXPECT_EQ(calls[0].name(), "weather");
  EXPECT_EQ(calls[0].arguments(), content.arguments_a) << protocol << ": as the model wrote them";
  EXPECT_EQ(calls[1].arguments(), content.arguments_b) << protocol;
  EXPECT_NE(calls[0].id(), calls[1].id()) << protocol;
  EXPECT_EQ(response.finish_reason(), FinishReason::tool_calls) << protocol;
  EXPECT_TRUE(response.warnings().empty()) << protocol;
}

TEST(RoundTrip, EachProtocolSaysTheSameWholeAndStreamed) {
  const Content content;
  for (const std::string& protocol : codec::codec_names()) {
    const Answers answers = answers_of(protocol, content);
    const ReadAnswer whole = read_answer(answers.whole);
    ASSERT_TRUE(whole.result) << protocol << ": " << whole.as_json();
    expect_contents(protocol, content, *whole.result);
    const ReadAnswer stream = read_answer(answers.stream);
    ASSERT_TRUE(stream.result) << protocol << ": " << stream.as_json();
    expect_contents(protocol, content, *stream.result);
  }
}

TEST(RoundTrip, TheDocumentTellsWhereEverythingGoes) {
  const Content content;
  const std::string document = test::source_text("docs/providers/round-trip.md");
  for (const std::string& protocol : codec::codec_names()) {
    const ReadAnswer own = read_answer(answers_of(protocol, content).whole);
    ASSERT_TRUE(own.result) << protocol;
    const std::string expected = section(protocol, content, own.result->message());
    EXPECT_NE(document.find(expected), std::string::npos) << "docs/providers/round-trip.md should say:\n" << expected;
  }
}

}  // namespace
}  // namespace antiphon::tests
