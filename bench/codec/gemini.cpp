#include "harness.hpp"

namespace antiphon::bench {
namespace {

std::vector<std::string> gemini_events() {
  std::vector<std::string> events;
  for (std::size_t number = 0; number < stream_chunks; ++number) {
    events.push_back(R"({"candidates":[{"content":{"parts":[{"text":")" + std::string(word(number)) +
                     R"("}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":12,)" +
                     R"("candidatesTokenCount":)" + std::to_string(number + 1) + R"(,"totalTokenCount":)" +
                     std::to_string(number + 13) +
                     R"(,"promptTokensDetails":[{"modality":"TEXT","tokenCount":12}]},)"
                     R"("modelVersion":"gemini-3.1-pro-preview","responseId":"abcdefghijklmnopqrstuvw"})");
  }
  return events;
}

std::string gemini_stream() {
  return sse(gemini_events()) +
         sse({R"({"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP","index":0}]})"});
}

void gemini_chunk(benchmark::State& state) {
  read_stream(state, "gemini", "https://generativelanguage.googleapis.com", gemini_stream());
}
BENCHMARK(gemini_chunk);

void gemini_event(benchmark::State& state) {
  read_events(state, "gemini", "https://generativelanguage.googleapis.com", {}, gemini_events());
}
BENCHMARK(gemini_event);

bool gemini_text(simdjson::ondemand::document& document, std::string& text) {
  simdjson::ondemand::array candidates;
  if (document["candidates"].get(candidates)) return false;
  for (auto candidate : candidates) {
    simdjson::ondemand::object fields;
    simdjson::ondemand::array parts;
    if (candidate.get(fields) || fields["content"]["parts"].get(parts)) return false;
    for (auto part : parts) {
      std::string_view said;
      if (part["text"].get(said)) return false;
      text = said;
    }
    std::int64_t index = 0;
    if (fields["index"].get(index)) return false;
    benchmark::DoNotOptimize(index);
  }
  // Each event makes a chunk of text and one of usage.
  simdjson::ondemand::object usage;
  if (document["usageMetadata"].get(usage)) return false;
  for (const char* name : {"promptTokenCount", "candidatesTokenCount", "totalTokenCount"}) {
    std::int64_t tokens = 0;
    if (usage[name].get(tokens)) return false;
    benchmark::DoNotOptimize(tokens);
  }
  return true;
}

void gemini_event_by_simdjson_alone(benchmark::State& state) { parse_alone(state, gemini_events(), gemini_text); }
BENCHMARK(gemini_event_by_simdjson_alone);

BENCHMARK_CAPTURE(encode_8_kb, gemini, "gemini", "gemini-3.1-pro-preview", "https://generativelanguage.googleapis.com");

void gemini_decode_1_kb(benchmark::State& state) {
  decode_answer(state, "gemini",
                R"({"candidates":[{"content":{"parts":[{"text":")" + std::string(560, 'a') +
                    R"("}],"role":"model"},"finishReason":"STOP","index":0,"safetyRatings":[)"
                    R"({"category":"HARM_CATEGORY_HARASSMENT","probability":"NEGLIGIBLE"}]}],"usageMetadata":{)"
                    R"("promptTokenCount":16,"candidatesTokenCount":300,"thoughtsTokenCount":120,)"
                    R"("totalTokenCount":436,"promptTokensDetails":[{"modality":"TEXT","tokenCount":16}]},)"
                    R"("modelVersion":"gemini-3.1-pro-preview","responseId":"abcdefghijklmnopqrstuvw"})");
}
BENCHMARK(gemini_decode_1_kb);

}  // namespace
}  // namespace antiphon::bench
