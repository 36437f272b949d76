#include <gtest/gtest.h>

#include "client.hpp"

namespace antiphon::test {
namespace {

// Every fault of streams and bodies, on the protocols that answer in blocks: Anthropic Messages and OpenAI Responses.

struct Speaker {
  const char* name;
  std::string (*chat)(std::string_view user, std::string_view more);
  std::string (*text)(const Answer& answer);
  const char* finish;  ///< the event that tells the end
  const char* delta;   ///< an event of content
};

class BlockFault : public testing::TestWithParam<Speaker> {
 protected:
  Answer stream(std::string_view fault, const std::string& more = "") const {
    Simulator simulator(rule(R"({"answer": {"chunks": ["one", " two"]}, "fault": )" + std::string(fault) + more + "}"));
    return ask(simulator, GetParam().chat("hi", R"(,"stream":true)"));
  }

  Answer whole(std::string_view fault) const {
    Simulator simulator(rule(R"({"answer": {"text": "one two"}, "fault": )" + std::string(fault) + "}"));
    return ask(simulator, GetParam().chat("hi", ""));
  }

  std::size_t count(const Answer& answer, const std::string& type) const {
    const auto names = answer.event_names();
    return static_cast<std::size_t>(std::count(names.begin(), names.end(), type));
  }

  std::size_t first_delta() const {
    const auto names = stream("{}").event_names();
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), GetParam().delta) - names.begin());
  }
};

TEST_P(BlockFault, Framing) {
  const std::string plain = stream("{}").body;
  EXPECT_EQ(stream(R"({"line_end": "crlf"})").body, replaced(plain, "\n", "\r\n"));
  EXPECT_EQ(stream(R"({"bom": true})").body, "\xEF\xBB\xBF" + plain);
  EXPECT_EQ(stream(R"({"comment": "c"})").body, replaced(plain, "event: ", ": c\nevent: "));
  EXPECT_EQ(stream(R"({"data_without_space": true})").body, replaced(plain, "data: ", "data:"));
  EXPECT_EQ(stream(R"({"missing_blank_line": true})").body, plain.substr(0, plain.size() - 1));
  EXPECT_EQ(stream(R"({"missing_line_end": true})").body, plain.substr(0, plain.size() - 2));
  EXPECT_EQ(GetParam().text(stream(R"({"data_lines": 4})")), "one two");
}

// Trap 49.
TEST_P(BlockFault, NoEventLines) {
  const Answer answer = stream(R"({"missing_event_lines": true})");
  EXPECT_TRUE(answer.event_names().empty());
  EXPECT_EQ(answer.events(), stream("{}").events());
}

TEST_P(BlockFault, FinishMissingOrRepeated) {
  EXPECT_EQ(count(stream("{}"), GetParam().finish), 1u);
  EXPECT_EQ(count(stream(R"({"missing_finish": true})"), GetParam().finish), 0u);
  EXPECT_EQ(count(stream(R"({"repeat_finish": 2})"), GetParam().finish), 3u);
}

TEST_P(BlockFault, BrokenJson) {
  const std::size_t at = first_delta();
  const Answer answer = stream(R"({"broken_json": )" + std::to_string(at) + "}");
  EXPECT_THROW(Json broken(answer.events()[at]), std::runtime_error);
  EXPECT_NO_THROW(Json fine(answer.events()[at + 1]));
  EXPECT_THROW(Json broken(whole(R"({"broken_json": 0})").body), std::runtime_error);
}

TEST_P(BlockFault, BrokenUtf8) {
  const std::string place = R"({"broken_utf8": {"event": )" + std::to_string(first_delta());
  EXPECT_NE(stream(place + "}}").body.find("\"\xff\xfeone\""), std::string::npos);
  EXPECT_NE(stream(place + R"(, "field": "unknown"}})").body.find("{\"simulator_unknown\":\"\xff\xfe\","),
            std::string::npos);
  EXPECT_NE(whole(R"({"broken_utf8": {"event": 0}})").body.find("\"\xff\xfeone two\""), std::string::npos);
}

TEST_P(BlockFault, UnknownEventsAndFields) {
  const Answer events = stream(R"({"unknown_events": true})");
  EXPECT_GT(events.events().size(), stream("{}").events().size() + 4);
  EXPECT_NE(events.event_names()[0].find("simulator_unknown"), std::string::npos);
  EXPECT_EQ(GetParam().text(events), "one two");
  Answer fields = stream(R"({"unknown_fields": true})");
  fields.body = replaced(fields.body, "12345678901234567890123", "1");
  EXPECT_EQ(GetParam().text(fields), "one two");
  for (const std::string& event : fields.events()) EXPECT_TRUE(Json(event).has("/simulator_unknown/deep")) << event;
  EXPECT_EQ(fields.event_names(), stream("{}").event_names()) << "their types are still found";
  const Json body(replaced(whole(R"({"unknown_fields": true})").body, "12345678901234567890123", "1"));
  EXPECT_TRUE(body.has("/usage/simulator_unknown"));
}

// Trap 50.
TEST_P(BlockFault, BeginsAgain) {
  const Answer answer = stream(R"({"restart_after_events": )" + std::to_string(first_delta() + 1) + "}");
  const auto names = answer.event_names();
  EXPECT_EQ(static_cast<std::size_t>(std::count(names.begin(), names.end(), names[0])), 2u);
  EXPECT_EQ(names[first_delta() + 1], names[0]);
  EXPECT_EQ(GetParam().text(answer), "oneone two");
  EXPECT_EQ(count(answer, GetParam().finish), 1u);
}

TEST_P(BlockFault, ErrorsInTheStream) {
  const Answer before = stream(R"({"error_in_stream": {"message": "m"}})");
  EXPECT_EQ(before.event_names()[0], "error");
  EXPECT_EQ(Json(before.events()[0]).text("/error/message"), "m");
  const Answer after = stream(R"({"error_in_stream": {"after_events": )" + std::to_string(first_delta() + 1) + "}}");
  EXPECT_EQ(GetParam().text(after), "one");
  EXPECT_EQ(count(after, "error"), 1u);
}

// Trap 7.
TEST_P(BlockFault, DataBehindTheEnd) {
  EXPECT_EQ(stream(R"({"data_after_done": "[DONE]"})").body, stream("{}").body + "data: [DONE]\n\n");
}

TEST_P(BlockFault, NoStreamAtAll) {
  const Answer answer = stream(R"({"ignore_stream": true})");
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.body.front(), '{');
}

TEST_P(BlockFault, Connection) {
  EXPECT_FALSE(stream(R"({"cut_after_bytes": 100})").complete);
  EXPECT_EQ(stream(R"({"cut_after_bytes": 100})").body.size(), 100u);
  EXPECT_EQ(stream(R"({"bytes_per_write": 1})").body, stream("{}").body);
  EXPECT_FALSE(whole(R"({"content_length_off_by": 10})").complete);
  EXPECT_EQ(stream(R"({"gzip": true})").header("content-encoding"), "gzip");
}

TEST_P(BlockFault, Endless) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["one", " two"]}, "fault": {"endless": true}})"));
  Client client(simulator);
  client.send(GetParam().chat("hi", R"(,"stream":true)"));
  std::string seen;
  while (seen.size() < 1000000) seen += client.read_some();
  EXPECT_EQ(seen.find(GetParam().finish), std::string::npos);
}

TEST_P(BlockFault, AnEventOfManyBytes) {
  Simulator simulator(rule(R"({"answer": {"generate": {"chunks": 1, "chunk_bytes": 20000000}}})"));
  const Answer answer = ask(simulator, GetParam().chat("hi", R"(,"stream":true)"));
  EXPECT_EQ(GetParam().text(answer).size(), 20000000u);
  EXPECT_LT(answer.body.size(), 21000000u) << "said once";
}

TEST_P(BlockFault, RawEventsAreNamed) {
  Simulator simulator(rule(
      R"({"raw": {"events": [{"a": [{"type": "x"}], "type": "y"}, "{\"type\": \"z\"}", {"no": "type"}, "no json"]}})"));
  EXPECT_EQ(ask(simulator, GetParam().chat("hi", R"(,"stream":true)")).body,
            "event: y\ndata: {\"a\":[{\"type\":\"x\"}],\"type\":\"y\"}\n\nevent: z\ndata: {\"type\": \"z\"}\n\n"
            "data: {\"no\":\"type\"}\n\ndata: no json\n\n");
}

INSTANTIATE_TEST_SUITE_P(All, BlockFault,
                         testing::Values(Speaker{"anthropic", anthropic_chat, anthropic_text, "message_delta",
                                                 "content_block_delta"},
                                         Speaker{"responses", responses_chat, responses_text, "response.completed",
                                                 "response.output_text.delta"}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(AnthropicFault, MissingEndOfTheMessage) {
  Simulator simulator(rule(R"({"fault": {"missing_done": true}})"));
  EXPECT_EQ(ask(simulator, anthropic_chat("hi", R"(,"stream":true)")).event_names().back(), "message_delta");
}

// §3.8: an error after 200 has the same type that its status would have.
TEST(AnthropicFault, ErrorHasItsType) {
  Simulator simulator(rule(R"({"fault": {"error_in_stream": {"type": "overloaded_error", "message": "Overloaded"}}})"));
  EXPECT_EQ(ask(simulator, anthropic_chat("hi", R"(,"stream":true)")).events().back(),
            R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})");
  simulator.set_scenario(rule(R"({"fault": {"error_in_stream": {}}})"));
  EXPECT_EQ(Json(ask(simulator, anthropic_chat("hi", R"(,"stream":true)")).events().back()).text("/error/type"),
            "api_error");
}

// A server that waits says so in its own way.
TEST(AnthropicFault, PingsWhileItWaits) {
  Simulator simulator(
      rule(R"({"answer": {"chunks": ["one"]}, "timing": {"before_body_ms": 60, "ping_every_ms": 10}})"));
  const Answer answer = ask(simulator, anthropic_chat("hi", R"(,"stream":true)"));
  EXPECT_EQ(answer.body.substr(0, 36), "event: ping\ndata: {\"type\":\"ping\"}\n\ne");
  EXPECT_EQ(anthropic_text(answer), "one");
}

}  // namespace
}  // namespace antiphon::test
