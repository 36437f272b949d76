#pragma once

#include <cstdint>
#include <string_view>

namespace antiphon::inline v0::codec {

/// What a model of Anthropic's takes (providers.md §3.5).
struct AnthropicModel {
  enum class Thinking {
    none,
    budget,    ///< so many tokens
    either,    ///< a budget, or as it sees fit
    adaptive,  ///< as it sees fit
  };

  std::int64_t most_output = 128'000;
  bool sampling = false;      ///< temperature, top_p, top_k
  Thinking thinking = Thinking::adaptive;
  bool always_thinks = false; ///< it cannot be switched off
  bool thinks_unasked = true; ///< left alone, it thinks
  bool effort = true;
  bool xhigh = true;
  bool forced_tools = true;   ///< while it does not think
  bool prefill = false;       ///< the last message may be the beginning of the answer
};

/// By the name in any of its forms: dated, with a region before it, on another cloud.
AnthropicModel classify_anthropic_model(std::string_view model);

}  // namespace antiphon::inline v0::codec
