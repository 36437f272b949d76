#pragma once

// Lines of an Ollama server, written by hand from the protocol's description (providers.md, 5.2).

#include <initializer_list>
#include <string>
#include <string_view>

namespace antiphon::test {

inline std::string ollama_line(std::string_view text) {
  return R"({"model":"m-2","created_at":"2026-08-21T09:00:00Z","message":{"role":"assistant","content":")" +
         std::string(text) + R"("},"done":false})" + "\n";
}

inline std::string ollama_end(int prompt = 5, int answer = 2) {
  return R"({"model":"m-2","created_at":"2026-08-21T09:00:01Z","message":{"role":"assistant","content":""},)"
         R"("done":true,"done_reason":"stop","prompt_eval_count":)" +
         std::to_string(prompt) + R"(,"eval_count":)" + std::to_string(answer) + "}\n";
}

inline std::string ollama_stream(std::initializer_list<std::string_view> texts) {
  std::string lines;
  for (const std::string_view text : texts) lines += ollama_line(text);
  return lines + ollama_end();
}

/// A whole answer in one document.
inline std::string ollama_answer(std::string_view text) {
  return R"({"model":"m-2","created_at":"2026-08-21T09:00:01Z","message":{"role":"assistant","content":")" +
         std::string(text) + R"("},"done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":2})";
}

}  // namespace antiphon::test
