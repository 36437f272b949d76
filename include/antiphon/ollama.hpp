#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <antiphon/own_options.hpp>

/// What only Ollama has.
namespace antiphon::inline v0::ollama {

/// Options of a call to Ollama: `Options().with(ollama::Options().num_ctx(8192).keep_alive(5min))`. Those that are not
/// here go by name: `.set("mirostat", 2)`.
class Options : public OwnOptions {
 public:
  Options() : OwnOptions("ollama") {}

  /// Size of the context window in tokens; larger ones take more memory. Ollama's default is small and cuts long prompts
  /// without a word.
  Options& num_ctx(std::int64_t value) { return field("num_ctx", value); }
  /// How long the model stays in memory after the call; negative keeps it for ever, zero unloads it at once.
  Options& keep_alive(std::chrono::seconds value) { return field("keep_alive", std::to_string(value.count()) + "s"); }
  /// Layers on the GPU.
  Options& num_gpu(std::int64_t value) { return field("num_gpu", value); }
  Options& num_thread(std::int64_t value) { return field("num_thread", value); }
  Options& num_batch(std::int64_t value) { return field("num_batch", value); }
  /// Tokens of the prompt that are kept when the window is full.
  Options& num_keep(std::int64_t value) { return field("num_keep", value); }
  Options& min_p(double value) { return field("min_p", value); }
  Options& repeat_penalty(double value) { return field("repeat_penalty", value); }
  /// How far back a repetition counts, in tokens; -1 for the whole window.
  Options& repeat_last_n(std::int64_t value) { return field("repeat_last_n", value); }
  /// Whether a reasoning model thinks first.
  Options& think(bool value) { return field("think", value); }

 private:
  template <class T>
  Options& field(const char* name, const T& value) {
    return set(name, value), *this;
  }
};

}  // namespace antiphon::inline v0::ollama
