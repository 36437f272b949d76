#include "harness.hpp"

namespace antiphon::bench {
namespace {

/// About 250 bytes each, all different, so that the processor cannot learn one by heart.
std::vector<std::string> openai_events(const std::string& fields) {
  std::vector<std::string> events;
  for (std::size_t number = 0; number < stream_chunks; ++number) {
    std::string id = std::to_string(number * 7919);
    id.insert(0, 29 - id.size(), 'k');
    events.push_back(R"({"id":"chatcmpl-)" + id + R"(","object":"chat.completion.chunk","created":1770933892,)" +
                     R"("model":"gpt-4o-mini-2024-07-18","system_fingerprint":"fp_0123456789",)" + fields +
                     R"("choices":[{"index":0,"delta":{"content":")" + std::string(word(number)) +
                     R"("},"logprobs":null,"finish_reason":null}]})");
  }
  return events;
}

std::string openai_stream(const std::string& fields) {
  return sse(openai_events(fields)) + R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})" +
         "\n\ndata: [DONE]\n\n";
}

constexpr const char* more_fields = R"("service_tier":"default","usage":null,"obfuscation":"Qup1x",)";

bool openai_text(simdjson::ondemand::document& document, std::string& text) {
  simdjson::ondemand::array choices;
  if (document["choices"].get(choices)) return false;
  for (auto choice : choices) {
    std::string_view said;
    std::int64_t index = 0;
    simdjson::ondemand::object fields;
    if (choice.get(fields) || fields["index"].get(index) || fields["delta"]["content"].get(said)) return false;
    benchmark::DoNotOptimize(index);
    text = said;
    simdjson::ondemand::value reason;
    if (fields["finish_reason"].get(reason) || !reason.is_null()) return false;
  }
  return true;
}

const bool compatible_added = add<openai_text>({.name = "compatible",
                                                .provider = "openai",
                                                .url = "http://127.0.0.1:8080/v1",
                                                .model = "",
                                                .events = [] { return openai_events(more_fields); },
                                                .type = {},
                                                .stream = [] { return openai_stream(more_fields); },
                                                .answer = {}});

const bool openai_added = add<openai_text>(
    {.name = "openai",
     .provider = "openai",
     .url = "https://api.openai.com/v1",
     .model = "gpt-4o-mini",
     .events = [] { return openai_events(""); },
     .type = {},
     .stream = [] { return openai_stream(""); },
     .answer = R"({"id":"chatcmpl-1","object":"chat.completion","created":1770933892,"model":"gpt-4o-mini","choices":[)"
               R"({"index":0,"message":{"role":"assistant","content":")" +
               std::string(560, 'a') +
               R"(","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{)"
               R"("prompt_tokens":16,"completion_tokens":300,"total_tokens":316,"prompt_tokens_details":{)"
               R"("cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,)"
               R"("audio_tokens":0}},"service_tier":"default"})"});

}  // namespace
}  // namespace antiphon::bench
