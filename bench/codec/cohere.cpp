#include "harness.hpp"

namespace antiphon::bench {
namespace {

std::vector<std::string> cohere_events() {
  std::vector<std::string> events;
  for (std::size_t number = 0; number < stream_chunks; ++number) {
    events.push_back(R"({"type":"content-delta","index":0,"delta":{"message":{"content":{"text":")" +
                     std::string(word(number)) + "\"}}}}");
  }
  return events;
}

std::string cohere_stream() {
  return named_sse(cohere_events()) + named_sse({R"({"type":"message-end","delta":{"finish_reason":"COMPLETE"}})"});
}

bool cohere_text(simdjson::ondemand::document& document, std::string& text) {
  std::string_view type, said;
  std::int64_t index = 0;
  if (document["type"].get(type) || type != "content-delta" || document["index"].get(index)) return false;
  benchmark::DoNotOptimize(index);
  if (document["delta"]["message"]["content"]["text"].get(said)) return false;
  text = said;
  return true;
}

const bool added = add<cohere_text>(
    {.name = "cohere",
     .provider = "cohere",
     .url = "https://api.cohere.com",
     .model = "command-a-03-2025",
     .events = cohere_events,
     .type = "content-delta",
     .stream = cohere_stream,
     .answer =
         R"({"id":"1","finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"text","text":")" +
         std::string(700, 'a') +
         R"("}]},"usage":{"billed_units":{"input_tokens":5,"output_tokens":300},)"
         R"("tokens":{"input_tokens":71,"output_tokens":300}}})"});

}  // namespace
}  // namespace antiphon::bench
