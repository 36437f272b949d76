#include "harness.hpp"

namespace antiphon::bench {
namespace {

std::vector<std::string> responses_events() {
  std::vector<std::string> events;
  for (std::size_t number = 0; number < stream_chunks; ++number) {
    events.push_back(
        R"({"type":"response.output_text.delta","item_id":"msg_68a1f0c2d3e4f5a6b7c8d9e0f1a2b3c4","output_index":0,)"
        R"("content_index":0,"delta":")" +
        std::string(word(number)) + R"(","logprobs":[],"obfuscation":"Qup1x","sequence_number":)" +
        std::to_string(number + 4) + "}");
  }
  return events;
}

std::string item_of(const std::string& text) {
  return R"({"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[)"
         R"({"type":"output_text","annotations":[],"text":")" +
         text + "\"}]}";
}

std::string responses_stream() {
  std::string text;
  for (std::size_t number = 0; number < stream_chunks; ++number) text += word(number);
  const std::string item = item_of(text);
  return named_sse(responses_events()) +
         named_sse({R"({"type":"response.output_item.done","output_index":0,"item":)" + item + "}",
                    R"({"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[)" + item +
                        "]}}"});
}

bool responses_text(simdjson::ondemand::document& document, std::string& text) {
  std::string_view type, said;
  std::int64_t item = 0, section = 0;
  if (document["type"].get(type) || type != "response.output_text.delta") return false;
  if (document["output_index"].get(item) || document["content_index"].get(section)) return false;
  benchmark::DoNotOptimize(item);
  benchmark::DoNotOptimize(section);
  if (document["delta"].get(said)) return false;
  text = said;
  return true;
}

const bool added = add<responses_text>(
    {.name = "responses",
     .provider = "openai-responses",
     .url = "https://api.openai.com/v1",
     .model = "gpt-5",
     .events = responses_events,
     .type = "response.output_text.delta",
     .stream = responses_stream,
     .answer = R"({"id":"resp_1","object":"response","status":"completed","model":"gpt-5","output":[)" +
               item_of(std::string(560, 'a')) +
               R"(],"usage":{"input_tokens":16,"input_tokens_details":{"cached_tokens":0},"output_tokens":300,)"
               R"("output_tokens_details":{"reasoning_tokens":120},"total_tokens":316}})"});

}  // namespace
}  // namespace antiphon::bench
