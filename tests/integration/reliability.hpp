#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <antiphon/antiphon.hpp>
#include <antiphon/simulator.hpp>

namespace antiphon::test {

/// A rule that answers.
inline constexpr const char* good = R"({"answer": {"text": "Good."}})";

/// The OpenAI side of a simulator, impatient enough for a test.
inline ModelConfig openai_at(const Simulator& simulator, const std::string& model = "m", const std::string& key = "k") {
  using namespace std::chrono_literals;
  return ModelConfig(model, providers::openai)
      .base_url(simulator.openai_base_url())
      .api_key(key)
      .retry_config(RetryConfig().initial_delay(1ms).max_delay(5ms));
}

/// Its Ollama side.
inline ModelConfig ollama_at(const Simulator& simulator, const std::string& model = "llama") {
  using namespace std::chrono_literals;
  return ModelConfig(model, providers::ollama)
      .base_url(simulator.ollama_base_url())
      .retry_config(RetryConfig().initial_delay(1ms).max_delay(5ms));
}

/// Blocking or streamed: the answer should be the same.
inline Result<Response> ask(const Provider& provider, bool streamed, const Options& options = Options()) {
  return streamed ? provider.stream("Hi", options).try_collect() : provider.try_chat("Hi", options);
}

/// `model status-or-kind` for each attempt: "m server_error, m well".
inline std::string in_words(const std::vector<Attempt>& attempts) {
  std::string text;
  for (const Attempt& attempt : attempts) {
    text += (text.empty() ? "" : ", ") + attempt.model() + " ";
    text += attempt.error() ? std::string(to_string(*attempt.error())) : "well";
  }
  return text;
}
inline std::string in_words(const Result<Response>& result) {
  return in_words(result ? result->attempts() : result.error().attempts());
}

/// Waits for events of calls, by their name.
class EventLog : public Logger {
 public:
  void log(const LogRecord& record) override {
    const std::lock_guard lock(mutex_);
    events_.push_back(record.event());
    changed_.notify_all();
  }
  void wait_for(const std::string& event, std::ptrdiff_t count = 1) {
    std::unique_lock lock(mutex_);
    const auto enough = [&] { return std::count(events_.begin(), events_.end(), event) >= count; };
    if (!changed_.wait_for(lock, std::chrono::seconds(20), enough)) ADD_FAILURE() << "no " << event << " was logged";
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> events_;
};

}  // namespace antiphon::test
