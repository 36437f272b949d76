// Models of a real Ollama: listed, described, loaded, kept and let go (providers.md, 5.5).
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>

#include "real/ollama_server.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;
using namespace std::chrono_literals;
using antiphon::test::Parsed;

constexpr const char* model = "/models/0";

/// The server sets times and lets models go a moment after its answer: asks it until `true`.
void wait_for_server(const std::function<bool(Parsed&)>& condition) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  do {
    Parsed running = ask_ollama("GET", "/api/ps");
    if (condition(running)) return;
  } while (std::chrono::steady_clock::now() < end);
  ADD_FAILURE() << "the server did not come to that state: " << ask_ollama("GET", "/api/ps").json("");
}

/// From now to a time as the server writes it: RFC 3339 with a zone.
std::chrono::seconds from_now(const std::string& time) {
  std::tm parts{};
  const char* rest = strptime(time.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (!rest) throw std::runtime_error("no time: " + time);
  // Fractions of a second.
  while (*rest == '.' || (*rest >= '0' && *rest <= '9')) ++rest;
  int hours = 0;
  int minutes = 0;
  if (*rest != 'Z') std::sscanf(rest + 1, "%d:%d", &hours, &minutes);
  const long offset = (hours * 60 + minutes) * 60 * (*rest == '-' ? -1 : 1);
  return std::chrono::seconds(timegm(&parts) - offset - std::time(nullptr));
}

bool expires_between(Parsed& running, std::chrono::seconds least, std::chrono::seconds most) {
  if (!running.has(model)) return false;
  const std::chrono::seconds left = from_now(running.text("/models/0/expires_at"));
  return left > least && left <= most;
}

TEST(RealOllamaModels, are_listed) {
  for (const ModelInfo& info : ollama().list_models()) {
    if (info.id() != "smol:latest") continue;
    Parsed raw(std::string(info.raw().text()));
    EXPECT_EQ(raw.text("/details/format"), "gguf");
    EXPECT_EQ(raw.text("/details/family"), "llama");
    EXPECT_EQ(raw.text("/details/quantization_level"), "Q4_1");
    return;
  }
  FAIL() << "smol is not listed";
}

TEST(RealOllamaModels, are_described_as_the_codec_expects_them) {
  Parsed shown = ask_ollama("POST", "/api/show", R"({"model": "smol"})");
  EXPECT_EQ(shown.json("/capabilities"), R"(["completion","tools"])");
  EXPECT_EQ(shown.text("/model_info/general.architecture"), "llama");
  EXPECT_EQ(shown.number("/model_info/llama.context_length"), 8192);
  EXPECT_NE(shown.text("/template").find(".Tools"), std::string::npos);
}

TEST(RealOllamaModels, stay_as_long_as_keep_alive_says) {
  for (const auto& [given, least] : {std::pair{2h, 119min}, std::pair{1h, 59min}}) {
    ollama().chat("Hi", brief(1).with(ollama::Options().keep_alive(given)));
    wait_for_server([&](Parsed& running) { return expires_between(running, least, given); });
  }
  // For ever, as the server has it.
  ollama().chat("Hi", brief(1).with(ollama::Options().keep_alive(-1s)));
  wait_for_server([](Parsed& running) { return expires_between(running, 24h * 365, 24h * 365 * 1000); });
  ollama().chat("Hi", brief(1).with(ollama::Options().keep_alive(0s)));
  wait_for_server([](Parsed& running) { return !running.has(model); });
}

TEST(RealOllamaModels, have_the_window_that_num_ctx_says) {
  std::string prompt;
  for (int i = 0; i < 100; ++i) prompt += "word ";
  const Response large = ollama().chat(prompt, brief(1).with(ollama::Options().num_ctx(512)));
  const double large_size = ask_ollama("GET", "/api/ps").number("/models/0/size");
  const Response small = ollama().chat(prompt, brief(1).with(ollama::Options().num_ctx(64)));
  const double small_size = ask_ollama("GET", "/api/ps").number("/models/0/size");
  // What does not fit is cut without a word: only the count tells.
  EXPECT_GE(large.usage().input_tokens().value_or(0), 100);
  EXPECT_LE(small.usage().input_tokens().value_or(512), 64);
  EXPECT_LT(small_size, large_size);
}

TEST(RealOllamaModels, can_be_loaded_and_let_go_without_a_word) {
  // No messages: providers.md, 5.2.
  const Response loaded = ollama().chat(Messages(), Options().with(ollama::Options().keep_alive(5min)));
  EXPECT_EQ(loaded.raw_finish_reason(), "load");
  wait_for_server([](Parsed& running) { return running.has(model); });
  const Response gone = ollama().chat(Messages(), Options().with(ollama::Options().keep_alive(0s)));
  EXPECT_EQ(gone.raw_finish_reason(), "unload");
  wait_for_server([](Parsed& running) { return !running.has(model); });
}

}  // namespace
}  // namespace antiphon_tests
