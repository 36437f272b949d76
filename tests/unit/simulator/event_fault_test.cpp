#include <gtest/gtest.h>

#include "client.hpp"

namespace antiphon::test {
namespace {

const std::string stream_with_usage = openai_chat("hi", R"(,"stream":true,"stream_options":{"include_usage":true})");

/// The body of a stream whose answer is "one two", with this fault.
std::string openai_body(std::string_view fault) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["one", " two"]}, "fault": )" + std::string(fault) + "}"));
  const Answer answer = ask(simulator, stream_with_usage);
  EXPECT_TRUE(answer.complete);
  return answer.body;
}

std::vector<std::string> openai_events(std::string_view fault) {
  Answer answer;
  answer.body = openai_body(fault);
  return answer.events();
}

std::vector<std::string> ollama_lines(std::string_view fault) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["one", " two"]}, "fault": )" + std::string(fault) + "}"));
  return ask(simulator, ollama_chat("hi")).lines();
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

const std::string& plain() {
  static const std::string body = openai_body("{}");
  return body;
}

TEST(FramingFault, LineEnds) {
  EXPECT_EQ(openai_body(R"({"line_end": "crlf"})"), replaced(plain(), "\n", "\r\n"));
  EXPECT_EQ(openai_body(R"({"line_end": "cr"})"), replaced(plain(), "\n", "\r"));
  EXPECT_EQ(ollama_lines(R"({"line_end": "crlf"})")[0].back(), '\r');
}

TEST(FramingFault, ByteOrderMark) {
  EXPECT_EQ(openai_body(R"({"bom": true})"), "\xEF\xBB\xBF" + plain());
  Simulator simulator(rule(R"({"fault": {"bom": true}})"));
  EXPECT_EQ(ask(simulator, openai_chat("hi")).body.substr(0, 4), "\xEF\xBB\xBF{");
}

TEST(FramingFault, Comments) {
  EXPECT_EQ(openai_body(R"({"comment": "still here"})"), replaced(plain(), "data: ", ": still here\ndata: "));
}

TEST(FramingFault, DataWithoutSpace) {
  EXPECT_EQ(openai_body(R"({"data_without_space": true})"), replaced(plain(), "data: ", "data:"));
}

TEST(FramingFault, SeveralDataLines) {
  const std::string body = openai_body(R"({"data_lines": 3})");
  Answer answer;
  answer.body = body;
  const auto events = answer.events();
  EXPECT_EQ(count_of(events[1], "\n"), 2u);
  EXPECT_EQ(Json(events[1]).text("/choices/0/delta/content"), "one");
  EXPECT_EQ(events.back(), "[DONE]");
}

TEST(FramingFault, MissingEnds) {
  EXPECT_EQ(openai_body(R"({"missing_blank_line": true})"), plain().substr(0, plain().size() - 1));
  EXPECT_EQ(openai_body(R"({"missing_line_end": true})"), plain().substr(0, plain().size() - 2));
  Simulator simulator(rule(R"({"fault": {"missing_line_end": true}})"));
  EXPECT_EQ(ask(simulator, ollama_chat("hi")).body.back(), '}');
}

TEST(EventFault, ErrorBeforeAndAfterContent) {
  const auto before = openai_events(R"({"error_in_stream": {"code": "c", "type": "t", "message": "m"}})");
  ASSERT_EQ(before.size(), 1u);
  EXPECT_EQ(before[0], R"({"error":{"message":"m","type":"t","param":null,"code":"c"}})");
  const auto after = openai_events(R"({"error_in_stream": {"after_events": 2}})");
  ASSERT_EQ(after.size(), 3u);
  EXPECT_EQ(Json(after[1]).text("/choices/0/delta/content"), "one");
  EXPECT_EQ(Json(after[2]).text("/error/type"), "server_error");
  EXPECT_EQ(ollama_lines(R"({"error_in_stream": {"after_events": 1, "message": "m"}})")[1], R"({"error":"m"})");
}

TEST(EventFault, BrokenJson) {
  const auto events = openai_events(R"({"broken_json": 1})");
  EXPECT_THROW(Json broken(events[1]), std::runtime_error);
  EXPECT_EQ(Json(events[2]).text("/choices/0/delta/content"), " two");
  Simulator simulator(rule(R"({"fault": {"broken_json": 0}})"));
  EXPECT_THROW(Json broken(ask(simulator, openai_chat("hi")).body), std::runtime_error);
}

TEST(EventFault, BrokenUtf8) {
  const auto known = openai_events(R"({"broken_utf8": {"event": 1}})");
  EXPECT_NE(known[1].find("\"content\":\"\xff\xfeone\""), std::string::npos);
  const auto unknown = openai_events(R"({"broken_utf8": {"event": 2, "field": "unknown"}})");
  EXPECT_EQ(unknown[2].substr(0, 25), "{\"simulator_unknown\":\"\xff\xfe\"");
  Answer others;
  others.body = plain();
  EXPECT_EQ(unknown[1], others.events()[1]);
}

TEST(EventFault, UnknownEventsAndFields) {
  const auto events = openai_events(R"({"unknown_events": true})");
  EXPECT_EQ(events.size(), 11u);
  EXPECT_EQ(Json(events[0]).text("/object"), "simulator.unknown");
  const auto fields = openai_events(R"({"unknown_fields": true})");
  EXPECT_TRUE(Json(replaced(fields[1], "12345678901234567890123", "1")).has("/simulator_unknown/deep/0"));
  EXPECT_EQ(count_of(fields[1], "simulator_unknown"), 2u);
  EXPECT_EQ(Json(replaced(fields[1], "12345678901234567890123", "1")).text("/choices/0/delta/content"), "one");
}

TEST(EventFault, FinishMissingOrRepeated) {
  EXPECT_EQ(count_of(plain(), R"("finish_reason":"stop")"), 1u);
  EXPECT_EQ(count_of(openai_body(R"({"missing_finish": true})"), R"("finish_reason":"stop")"), 0u);
  EXPECT_EQ(count_of(openai_body(R"({"repeat_finish": 2})"), R"("finish_reason":"stop")"), 3u);
  EXPECT_EQ(ollama_lines(R"({"missing_finish": true})").size(), 2u);
  EXPECT_EQ(ollama_lines(R"({"repeat_finish": 1})").size(), 4u);
}

TEST(EventFault, DoneMissingOrNotLast) {
  EXPECT_EQ(plain(), openai_body(R"({"missing_done": true})") + "data: [DONE]\n\n");
  EXPECT_EQ(openai_body(R"({"data_after_done": "{\"cost\": 1}"})"), plain() + "data: {\"cost\": 1}\n\n");
}

TEST(EventFault, UsageTwice) {
  EXPECT_EQ(count_of(plain(), R"("usage":{)"), 1u);
  EXPECT_EQ(count_of(openai_body(R"({"repeat_usage": true})"), R"("usage":{)"), 2u);
}

}  // namespace
}  // namespace antiphon::test
