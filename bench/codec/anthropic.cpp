#include "harness.hpp"

namespace antiphon::bench {
namespace {

std::vector<std::string> anthropic_events() {
  std::vector<std::string> events;
  for (std::size_t number = 0; number < stream_chunks; ++number) {
    events.push_back(R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")" +
                     std::string(word(number)) + "\"}}");
  }
  return events;
}

std::string anthropic_stream() {
  return named_sse(
             {R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],)"
              R"("model":"claude-opus-5-5","stop_reason":null,"usage":{"input_tokens":12,"output_tokens":1}}})",
              R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"}) +
         named_sse(anthropic_events()) +
         named_sse({R"({"type":"content_block_stop","index":0})",
                    R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4096}})",
                    R"({"type":"message_stop"})"});
}

bool anthropic_text(simdjson::ondemand::document& document, std::string& text) {
  std::string_view type, kind, said;
  std::int64_t index = 0;
  simdjson::ondemand::object delta;
  if (document["type"].get(type) || type != "content_block_delta" || document["index"].get(index)) return false;
  benchmark::DoNotOptimize(index);
  if (document["delta"].get(delta) || delta["type"].get(kind) || kind != "text_delta") return false;
  if (delta["text"].get(said)) return false;
  text = said;
  return true;
}

const bool added = add<anthropic_text>(
    {.name = "anthropic",
     .provider = "anthropic",
     .url = "https://api.anthropic.com",
     .model = "claude-opus-4-6",
     .events = anthropic_events,
     .type = "content_block_delta",
     .stream = anthropic_stream,
     .answer = R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-5-5","content":[)"
               R"({"type":"text","text":")" +
               std::string(560, 'a') +
               R"("}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":12,)"
               R"("cache_creation_input_tokens":0,"cache_read_input_tokens":2048,"cache_creation":{)"
               R"("ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":300,)"
               R"("output_tokens_details":{"thinking_tokens":120},"service_tier":"standard"}})"});

}  // namespace
}  // namespace antiphon::bench
