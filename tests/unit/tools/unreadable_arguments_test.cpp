// What a model wrote for arguments and is no JSON, or nested too deep, runs no tool, whichever protocol brings it and
// in whichever form (providers.md, traps 67 and 69): the model is told, and the conversation goes on.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "providers/base64.hpp"
#include "unit/tools/world.hpp"
#include "unit/wire/aws_frames.hpp"

namespace antiphon::test {
namespace {

std::string quoted_text(const std::string& text) { return Json::string(text).text(); }
std::string sse_event(const std::string& json) { return "data: " + json + "\n\n"; }
std::string event_frame(const std::string& type, const std::string& json) {
  return frame(text_header(":event-type", type) + text_header(":message-type", "event"), json);
}
std::string claude_frame(const std::string& json) {
  return event_frame("chunk", R"({"bytes":")" + base64::encode(json) + "\"}");
}

/// An answer in a protocol's words: a call of `wipe` with these bytes for arguments, or a text when there are none.
class Spoken {
 public:
  explicit Spoken(std::string arguments = {}) : arguments_(std::move(arguments)) {}

  std::string in(const std::string& protocol, bool stream) const {
    const std::map<std::string, std::string (Spoken::*)(bool) const> forms = {
        {"openai", &Spoken::openai_chat},
        {"openai-responses", &Spoken::openai_responses},
        {"anthropic", &Spoken::anthropic},
        {"bedrock-anthropic", &Spoken::claude_on_bedrock},
        {"gemini", &Spoken::gemini},
        {"ollama", &Spoken::ollama},
        {"cohere", &Spoken::cohere},
        {"bedrock", &Spoken::bedrock},
        {"gemini in values", &Spoken::in_values}};
    return (this->*forms.at(protocol))(stream);
  }

 private:
  bool is_text() const { return arguments_.empty(); }

  // §1.6, §1.7; the object itself, as some gateways send it.
  std::string openai_chat(bool stream) const {
    const std::string message =
        is_text() ? R"({"content":"Done."})"
                  : R"({"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"wipe","arguments":)" +
                        arguments_ + "}}]}";
    const std::string choice = R"({"choices":[{"index":0,")" + std::string(stream ? "delta" : "message") +
                               "\":" + message + R"(,"finish_reason":")" + (is_text() ? "stop" : "tool_calls") +
                               R"("}]})";
    return stream ? sse_event(choice) + "data: [DONE]\n\n" : choice;
  }
  // §2.5, §2.6.
  std::string openai_responses(bool stream) const {
    const std::string item =
        is_text() ? R"({"type":"message","id":"i","content":[{"type":"output_text","text":"Done."}]})"
                  : R"({"type":"function_call","id":"i","call_id":"a","name":"wipe","arguments":)" + arguments_ + "}";
    const std::string response = R"({"id":"r","status":"completed","output":[)" + item + "]}";
    if (!stream) return response;
    return sse_event(R"({"type":"response.output_item.done","output_index":0,"item":)" + item + "}") +
           sse_event(R"({"type":"response.completed","response":)" + response + "}");
  }
  // §3.7, §3.8: whole in the start of its block.
  std::vector<std::string> claude_events() const {
    const std::string block = is_text() ? R"({"type":"text","text":"Done."})"
                                        : R"({"type":"tool_use","id":"a","name":"wipe","input":)" + arguments_ + "}";
    return {R"({"type":"message_start","message":{"id":"m","content":[]}})",
            R"({"type":"content_block_start","index":0,"content_block":)" + block + "}",
            R"({"type":"content_block_stop","index":0})",
            R"({"type":"message_delta","delta":{"stop_reason":")" + std::string(is_text() ? "end_turn" : "tool_use") +
                "\"}}",
            R"({"type":"message_stop"})"};
  }
  std::string claude_message() const {
    const std::string block = is_text() ? R"({"type":"text","text":"Done."})"
                                        : R"({"type":"tool_use","id":"a","name":"wipe","input":)" + arguments_ + "}";
    return R"({"type":"message","content":[)" + block + R"(],"stop_reason":"end_turn"})";
  }
  std::string anthropic(bool stream) const {
    if (!stream) return claude_message();
    std::string events;
    for (const std::string& event : claude_events()) events += sse_event(event);
    return events;
  }
  // §6.15, §6.16.
  std::string claude_on_bedrock(bool stream) const {
    if (!stream) return claude_message();
    std::string frames;
    for (const std::string& event : claude_events()) frames += claude_frame(event);
    return frames;
  }
  // §4.5, §4.6.
  std::string gemini(bool stream) const {
    const std::string part =
        is_text() ? R"({"text":"Done."})" : R"({"functionCall":{"name":"wipe","args":)" + arguments_ + "}}";
    return gemini_answer(part, stream);
  }
  // §4.6: what is said is one of the values.
  std::string in_values(bool stream) const {
    if (is_text()) return gemini(stream);
    return gemini_answer(R"({"functionCall":{"name":"wipe","partialArgs":[{"jsonPath":"$.all","boolValue":true},)" +
                             std::string(R"({"jsonPath":"$.only","numberValue":)") + arguments_ + "}]}}",
                         stream);
  }
  static std::string gemini_answer(const std::string& part, bool stream) {
    const std::string answer =
        R"({"candidates":[{"index":0,"content":{"role":"model","parts":[)" + part + R"(]},"finishReason":"STOP"}]})";
    return stream ? sse_event(answer) : answer;
  }
  // §5.2: a line is what the whole answer is.
  std::string ollama(bool stream) const {
    const std::string message =
        is_text() ? R"({"content":"Done."})"
                  : R"({"content":"","tool_calls":[{"function":{"name":"wipe","arguments":)" + arguments_ + "}}]}";
    const std::string last = R"({"message":)" + message + R"(,"done":true,"done_reason":"stop"})";
    return stream ? R"({"message":{"content":""},"done":false})"
                    "\n" +
                        last + "\n"
                  : last;
  }
  // §6.12.
  std::string cohere(bool stream) const {
    const std::string call =
        R"({"id":"a","type":"function","function":{"name":"wipe","arguments":)" + arguments_ + "}}";
    const std::string reason = is_text() ? "COMPLETE" : "TOOL_CALL";
    if (!stream) {
      const std::string message =
          is_text() ? R"({"content":[{"type":"text","text":"Done."}]})" : R"({"tool_calls":[)" + call + "]}";
      return R"({"id":"c","finish_reason":")" + reason + R"(","message":)" + message + "}";
    }
    const std::string piece =
        is_text() ? R"({"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Done."}}}})"
                  : R"({"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":)" + call + "}}}";
    return sse_event(piece) + sse_event(R"({"type":"message-end","delta":{"finish_reason":")" + reason + "\"}}");
  }
  // §6.13.
  std::string bedrock(bool stream) const {
    const std::string reason = R"({"stopReason":")" + std::string(is_text() ? "end_turn" : "tool_use") + "\"}";
    if (!stream) {
      const std::string block = is_text() ? R"({"text":"Done."})"
                                          : R"({"toolUse":{"toolUseId":"a","name":"wipe","input":)" + arguments_ + "}}";
      return R"({"output":{"message":{"role":"assistant","content":[)" + block + "]}}," + reason.substr(1);
    }
    const std::string start = event_frame(
        "contentBlockStart", R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"a","name":"wipe"}}})");
    const std::string delta = is_text() ? R"({"text":"Done."})" : R"({"toolUse":{"input":)" + arguments_ + "}}";
    return (is_text() ? "" : start) +
           event_frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":)" + delta + "}") +
           event_frame("messageStop", reason) + event_frame("metadata", R"({"usage":{"inputTokens":1}})");
  }

  std::string arguments_;
};

/// What became of a call of `wipe`, which counts how often it runs.
struct Wiped {
  int runs = 0;
  std::string arguments;  ///< as they stand in the history
  std::string result;     ///< what the model is told
  std::string last;       ///< text of the last answer
  std::string trouble;
};

Wiped wipe(const std::string& protocol, bool stream, const std::string& arguments) {
  VirtualScheduler scheduler;
  std::vector<std::string> answers = {Spoken(arguments).in(protocol, stream), Spoken().in(protocol, stream)};
  std::size_t next = 0;
  EngineOptions options;
  options.scheduler(scheduler).run_tools_on([](std::function<void()> task) { task(); });
  options.transport([&](Scheduler& clock) {
    return std::make_unique<ScriptedTransport>(clock, [&](const HttpRequest&) {
      return Script::answer(200, "", answers[std::min(next++, answers.size() - 1)]);
    });
  });
  Wiped wiped;
  {
    const Engine engine(std::move(options));
    const std::string provider = protocol.substr(0, protocol.find(' '));
    const Provider asked =
        create_provider(ModelConfig("m", ProviderId(provider)).base_url("http://provider").api_key("k"),
                        ProviderOptions().engine(engine));
    const Options with_tool =
        Options().max_tokens(100).tools(tool("wipe", "Wipes.", R"({"type":"object"})", [&wiped](const Json&) {
          ++wiped.runs;
          return "wiped";
        }));
    const auto keep = [&wiped](const Result<Response>& answer) {
      if (!answer) wiped.trouble = answer.error().what();
      if (!answer) return;
      wiped.last = answer->content();
      for (const Message& message : answer->history()) {
        for (const Part& part : message.parts()) {
          if (part.kind() == PartKind::tool_call) wiped.arguments = part.arguments();
          if (part.kind() == PartKind::tool_result) wiped.result = part.text();
        }
      }
    };
    if (stream) {
      asked.stream("Hi", with_tool).for_each([](const Chunk&) {}).then(keep);
    } else {
      asked.async_chat("Hi", with_tool).then(keep);
    }
    scheduler.run();
  }
  scheduler.run();
  return wiped;
}

constexpr const char* protocols[] = {"openai", "openai-responses", "anthropic", "bedrock-anthropic",
                                     "gemini", "ollama",           "cohere",    "bedrock"};

std::string deep_object() {
  std::string text;
  for (int level = 0; level < 300; ++level) text += "{\"a\":";
  return text + "1" + std::string(300, '}');
}

TEST(UnreadableArguments, WhatIsNoJsonRunsNoToolInAnyProtocol) {
  for (const char* protocol : protocols) {
    for (const bool stream : {false, true}) {
      for (const std::string& arguments : {std::string(R"({"only":Oslo})"), std::string("{'only':'Oslo'}"),
                                           std::string(R"({"only":[1,,2]})"), deep_object()}) {
        const Wiped wiped = wipe(protocol, stream, arguments);
        const std::string which = std::string(protocol) + (stream ? " streamed " : " whole ") + arguments.substr(0, 20);
        EXPECT_EQ(wiped.trouble, "") << which;
        EXPECT_EQ(wiped.runs, 0) << which;
        EXPECT_EQ(wiped.arguments, arguments) << which;
        EXPECT_TRUE(wiped.result.starts_with("the arguments are not JSON: byte ")) << which << ": " << wiped.result;
        EXPECT_EQ(wiped.last, "Done.") << which;
      }
    }
  }
}

TEST(UnreadableArguments, WhatIsNoObjectRunsNoTool) {
  for (const char* protocol : protocols) {
    for (const bool stream : {false, true}) {
      for (const std::string arguments : {"5", "[]", "true", R"("Oslo")"}) {
        const Wiped wiped = wipe(protocol, stream, arguments);
        EXPECT_EQ(wiped.runs, 0) << protocol << stream << arguments;
        EXPECT_TRUE(wiped.result.starts_with("the arguments are not ")) << protocol << stream << arguments;
      }
    }
  }
}

TEST(UnreadableArguments, AnObjectOrATextThatHoldsOneIsRead) {
  const std::string object = R"({"only":"Oslo","n":1.0})";
  for (const char* protocol : protocols) {
    for (const bool stream : {false, true}) {
      for (const std::string& arguments : {object, quoted_text(object)}) {
        const Wiped wiped = wipe(protocol, stream, arguments);
        EXPECT_EQ(wiped.trouble, "") << protocol << stream << arguments;
        EXPECT_EQ(wiped.runs, 1) << protocol << stream << arguments;
        EXPECT_EQ(wiped.arguments, object) << protocol << stream << arguments;
        EXPECT_EQ(wiped.result, "wiped") << protocol << stream << arguments;
      }
    }
  }
}

TEST(UnreadableArguments, NoneAtAllAreAnEmptyObject) {
  for (const char* protocol : protocols) {
    for (const bool stream : {false, true}) {
      for (const char* arguments : {"null", "\"\"", "{}"}) {
        const Wiped wiped = wipe(protocol, stream, arguments);
        EXPECT_EQ(wiped.runs, 1) << protocol << stream << arguments;
        EXPECT_EQ(wiped.arguments, "{}") << protocol << stream << arguments;
      }
    }
  }
}

// Trap 82.
TEST(UnreadableArguments, AValueThatCannotBeReadIsNotLeftOut) {
  for (const bool stream : {false, true}) {
    const Wiped good = wipe("gemini in values", stream, "7");
    EXPECT_EQ(good.runs, 1) << good.result << good.trouble;
    EXPECT_EQ(good.arguments, R"({"all":true,"only":7})");
    const Wiped broken = wipe("gemini in values", stream, "[Oslo]");
    EXPECT_EQ(broken.runs, 0);
    EXPECT_EQ(broken.arguments, R"({"all":true} {"jsonPath":"$.only","numberValue":[Oslo]})");
    EXPECT_EQ(broken.result, "the arguments are not JSON: byte 13: text after the end");
    EXPECT_EQ(broken.last, "Done.");
  }
}

}  // namespace
}  // namespace antiphon::test
