#include "harness.hpp"

namespace antiphon::bench {
namespace {

std::vector<std::string> ollama_events() {
  std::vector<std::string> events;
  for (std::size_t number = 0; number < stream_chunks; ++number) {
    events.push_back(R"({"model":"qwen3:8b","created_at":"2026-08-21T09:00:00.)" +
                     std::to_string(100000000 + number * 7919) + R"(Z","message":{"role":"assistant","content":")" +
                     std::string(word(number)) + R"("},"done":false})");
  }
  return events;
}

std::string ollama_stream() {
  std::string bytes;
  for (const std::string& event : ollama_events()) bytes += event + "\n";
  return bytes +
         R"({"model":"qwen3:8b","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"})" + "\n";
}

bool ollama_text(simdjson::ondemand::document& document, std::string& text) {
  std::string_view said;
  bool done = false;
  if (document["message"]["content"].get(said)) return false;
  text = said;
  return !document["done"].get(done) && !done;
}

const bool added = add<ollama_text>(
    {.name = "ollama",
     .provider = "ollama",
     .url = "http://localhost:11434",
     .model = "qwen3:8b",
     .events = ollama_events,
     .type = {},
     .stream = ollama_stream,
     .answer =
         R"({"model":"qwen3:8b","created_at":"2026-08-21T09:00:00.1Z","message":{"role":"assistant","content":")" +
         std::string(760, 'a') +
         R"("},"done":true,"done_reason":"stop","total_duration":5043500667,"load_duration":5025959,)"
         R"("prompt_eval_count":26,"prompt_eval_duration":325953000,"eval_count":290,)"
         R"("eval_duration":4709213000})"});

}  // namespace
}  // namespace antiphon::bench
