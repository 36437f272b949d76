#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// Counts the tokens of a prompt, and those before its cache breakpoints. Read in the order of the prefix: tools,
/// system, messages.
class AnthropicPrompt {
 public:
  explicit AnthropicPrompt(Ask& ask) : ask_(ask) {}
  void add(std::uint64_t tokens) { ask_.prompt_tokens += tokens; }
  /// Checks the `cache_control` of an object, and marks the place when there is one.
  void mark(const RequestObject& object);
  /// The one of the request itself: everything is kept.
  void keep_all(const RequestObject& request);

 private:
  static bool is_for_an_hour(const RequestObject& control);

  Ask& ask_;
  int breakpoints_ = 0;
  bool has_short_ = false;
};

}  // namespace antiphon::inline v0::simulator
