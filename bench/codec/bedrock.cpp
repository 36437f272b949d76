#include "harness.hpp"
#include "unit/wire/aws_frames.hpp"

namespace antiphon::bench {
namespace {

std::string frame(const std::string& event, const std::string& payload) {
  using test::text_header;
  return test::frame(text_header(":event-type", event) + text_header(":content-type", "application/json") +
                         text_header(":message-type", "event"),
                     payload);
}

/// With the padding that Bedrock puts into each.
std::vector<std::string> bedrock_events() {
  const std::string padding = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::vector<std::string> events;
  for (std::size_t number = 0; number < stream_chunks; ++number) {
    events.push_back(R"({"contentBlockIndex":0,"delta":{"text":")" + std::string(word(number)) + R"("},"p":")" +
                     padding.substr(0, 1 + number * 7919 % padding.size()) + "\"}");
  }
  return events;
}

std::string bedrock_stream() {
  std::string bytes = frame("messageStart", R"({"role":"assistant"})");
  for (const std::string& event : bedrock_events()) bytes += frame("contentBlockDelta", event);
  return bytes + frame("messageStop", R"({"stopReason":"end_turn"})") +
         frame("metadata", R"({"usage":{"inputTokens":10,"outputTokens":4096}})");
}

bool bedrock_text(simdjson::ondemand::document& document, std::string& text) {
  std::string_view said;
  std::int64_t index = 0;
  if (document["contentBlockIndex"].get(index) || document["delta"]["text"].get(said)) return false;
  benchmark::DoNotOptimize(index);
  text = said;
  return true;
}

const bool added = add<bedrock_text>(
    {.name = "bedrock",
     .provider = "bedrock",
     .url = "http://127.0.0.1:1",
     .model = "anthropic.claude-opus-4-6",
     .events = bedrock_events,
     .type = "contentBlockDelta",
     .stream = bedrock_stream,
     .answer = R"({"output":{"message":{"role":"assistant","content":[{"text":")" + std::string(760, 'a') +
               R"("}]}},"stopReason":"end_turn","usage":{"inputTokens":16,"outputTokens":300,)"
               R"("totalTokens":316},"metrics":{"latencyMs":1275}})"});

}  // namespace
}  // namespace antiphon::bench
