#include <gtest/gtest.h>

#include <string>

#include <antiphon/codec.hpp>

#include "fixture.hpp"

namespace antiphon::tests {
namespace {

using std::chrono_literals::operator""ms;

void expect_json_text(const std::string& expected, const std::string& actual) {
  EXPECT_EQ(difference(parse_json(expected), parse_json(actual)), std::nullopt) << actual;
  EXPECT_EQ(actual.find('\n'), std::string::npos);
}

Response full() {
  Response response;
  response.id("x").model("m").usage(Usage().input_tokens(3).output_tokens(4).reasoning_tokens(1));
  response.choice(0).finish_reason(FinishReason::stop).raw_finish_reason("eos");
  response.choice(0)
      .message()
      .add(Part::reasoning("hm"))
      .add(Part::text("a\nb"))
      .add(Part::tool_call("c", "f", "{\"a\": 1}"))
      .add(Part::audio("abc", "wav", "spoken", "audio_1"))
      .add(Part::refusal("no"));
  response.warn(Warning("top_k", "left out"));
  return response;
}

TEST(ResultJson, HasTheContractsShape) {
  Response response = full();
  std::vector<Attempt> attempts;
  attempts.push_back(Attempt("openai", "m").status(503).error(ErrorKind::overloaded, "busy").cost(Money::zero()));
  attempts.push_back(
      Attempt("openai", "m").status(200).waited(500ms).usage(response.usage()).cost(Money("0.000000000000000001")));
  response.attempts(attempts).duration(std::chrono::nanoseconds(1234567890)).first_content_after(250ms);
  expect_json_text(R"({"terminal":"finished","finish_reason":"stop","raw_finish_reason":"eos","id":"x","model":"m",
      "text":"a\nb","reasoning":"hm","refusal":"no","tool_calls":[{"id":"c","name":"f","arguments":"{\"a\": 1}"}],
      "audio":[{"id":"audio_1","format":"wav","transcript":"spoken","bytes":3}],
      "usage":{"input_tokens":3,"output_tokens":4,"reasoning_tokens":1,"total_tokens":7},
      "warnings":[{"where":"top_k","message":"left out"}],"error":null,
      "attempts":[{"provider":"openai","model":"m","status":503,"error":"overloaded","waited_ms":0,"cost":0},
                  {"provider":"openai","model":"m","status":200,"error":null,"waited_ms":500,
                   "usage":{"input_tokens":3,"output_tokens":4,"reasoning_tokens":1,"total_tokens":7},
                   "cost":0.000000000000000001}],"cost":0.000000000000000001,
      "duration_ms":1234,"first_chunk_ms":250})",
                   to_json(response));
}

TEST(ResultJson, ACostThatIsNotKnownIsLeftOut) {
  Response response;
  response.attempts({Attempt("openai", "m").cost(Money("1.5")), Attempt("openai", "n")});
  expect_json_text(R"({"terminal":"finished","text":"","warnings":[],"error":null,
      "attempts":[{"provider":"openai","model":"m","status":0,"error":null,"waited_ms":0,"cost":1.5},
                  {"provider":"openai","model":"n","status":0,"error":null,"waited_ms":0}]})",
                   to_json(response));
}

TEST(ResultJson, LeavesOutWhatThereIsNot) {
  expect_json_text(R"({"terminal":"finished","text":"","warnings":[],"error":null})", to_json(Response()));
}

TEST(ResultJson, AFailureHasWhatHadArrived) {
  Error error(ErrorKind::rate_limited, "too many");
  error.http_status(429).provider_code("c").provider_message("p").request_id("r").retry_after(1500ms).where("w");
  error.partial(full());
  expect_json_text(R"({"terminal":"failed","finish_reason":"stop","raw_finish_reason":"eos","id":"x","model":"m",
      "text":"a\nb","reasoning":"hm","refusal":"no","tool_calls":[{"id":"c","name":"f","arguments":"{\"a\": 1}"}],
      "audio":[{"id":"audio_1","format":"wav","transcript":"spoken","bytes":3}],
      "usage":{"input_tokens":3,"output_tokens":4,"reasoning_tokens":1,"total_tokens":7},
      "warnings":[{"where":"top_k","message":"left out"}],
      "error":{"kind":"rate_limited","where":"w","message":"too many","status":429,"code":"c","provider_message":"p",
               "request_id":"r","retry_after_ms":1500}})",
                   to_json(error));
  expect_json_text(R"({"terminal":"cancelled","text":"","warnings":[],"error":{"kind":"cancelled","message":"stop"}})",
                   to_json(Error(ErrorKind::cancelled, "stop")));
}

TEST(ResultJson, EveryKindOfChunk) {
  const Part call = Part::tool_call("c", "f", "{}");
  expect_json_text(R"({"kind":"content","choice":1,"text":"a"})", to_json(Chunk(ChunkKind::content, "a", 1)));
  expect_json_text(R"({"kind":"refusal","choice":0,"text":"a"})", to_json(Chunk(ChunkKind::refusal, "a")));
  expect_json_text(R"({"kind":"tool_call_delta","choice":0,"index":2,"id":"c","name":"f","arguments":"x"})",
                   to_json(Chunk::tool_call_delta(0, 2, call, "x")));
  expect_json_text(R"({"kind":"tool_call","choice":0,"index":2,"id":"c","name":"f","arguments":"{}"})",
                   to_json(Chunk::tool_call(0, 2, call)));
  expect_json_text(R"({"kind":"audio","choice":0,"transcript":"t","bytes":2})", to_json(Chunk::audio(0, "ab", "t")));
  expect_json_text(R"({"kind":"unknown","choice":0,"block":{"a":1}})",
                   to_json(Chunk::unknown(0, Part::unknown("openai", Json("{\"a\":\n1}")))));
  expect_json_text(R"({"kind":"usage","choice":0,"usage":{"output_tokens":4}})",
                   to_json(Chunk::usage(Usage().output_tokens(4))));
  expect_json_text(R"({"kind":"finish","choice":1,"finish_reason":"length","raw_finish_reason":"max"})",
                   to_json(Chunk::finish(1, FinishReason::length, "max")));
  expect_json_text(R"({"kind":"raw","choice":0,"event":"{\"a\":\n1}"})", to_json(Chunk::raw("{\"a\":\n1}")));
}

TEST(ResultJson, TextIsAlwaysJson) {
  EXPECT_EQ(parse_json(to_json(Chunk(ChunkKind::content, std::string("\0\xff\"", 3)))).at("text").as_string(),
            boost::json::string_view("\0\xEF\xBF\xBD\"", 5));
}

}  // namespace
}  // namespace antiphon::tests
