#pragma once

#include <cstdint>
#include <string_view>

namespace antiphon::inline v0::codec {

/// What a model takes by Anthropic's protocol (providers.md §3.5).
struct AnthropicModel {
  enum class Thinking {
    none,
    budget,    ///< so many tokens
    either,    ///< a budget, or as it sees fit
    adaptive,  ///< as it sees fit
  };

  std::int64_t most_output = 128'000;
  bool sampling = false;       ///< temperature, top_p, top_k
  bool sampling_once = false;  ///< temperature or top_p, not both
  Thinking thinking = Thinking::adaptive;
  bool always_thinks = false;  ///< it cannot be switched off
  bool thinks_unasked = true;  ///< left alone, it thinks
  bool effort = true;
  bool xhigh = true;
  bool high_needs_thought = false;  ///< without thinking, an effort of `high` is the most
  bool forced_tools = true;         ///< while it does not think
  bool prefill = false;             ///< the last message may be the beginning of the answer
  bool schema = true;               ///< answers by a JSON Schema
};

/// By the name in any of its forms: dated, with a region before it, on another cloud. A model that is not one of
/// Anthropic's own takes everything: its server judges.
AnthropicModel classify_anthropic_model(std::string_view model);

}  // namespace antiphon::inline v0::codec
