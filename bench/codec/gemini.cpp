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

const bool added = add<gemini_text>(
    {.name = "gemini",
     .provider = "gemini",
     .url = "https://generativelanguage.googleapis.com",
     .model = "gemini-3.1-pro-preview",
     .events = gemini_events,
     .type = {},
     .stream = gemini_stream,
     .answer = R"({"candidates":[{"content":{"parts":[{"text":")" + std::string(560, 'a') +
               R"("}],"role":"model"},"finishReason":"STOP","index":0,"safetyRatings":[)"
               R"({"category":"HARM_CATEGORY_HARASSMENT","probability":"NEGLIGIBLE"}]}],"usageMetadata":{)"
               R"("promptTokenCount":16,"candidatesTokenCount":300,"thoughtsTokenCount":120,)"
               R"("totalTokenCount":436,"promptTokensDetails":[{"modality":"TEXT","tokenCount":16}]},)"
               R"("modelVersion":"gemini-3.1-pro-preview","responseId":"abcdefghijklmnopqrstuvw"})"});

}  // namespace
}  // namespace antiphon::bench
