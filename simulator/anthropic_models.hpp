#pragma once

#include <cstdint>
#include <string_view>

namespace antiphon::inline v0::simulator {

/// What a Claude model takes. Names that are no Claude model's take everything.
struct ClaudeAbilities {
  enum class Off { never, below_xhigh, always };
  std::uint64_t max_tokens = 128000;
  bool has_sampling = false;  ///< with the old version of the protocol
  bool one_sampling = false;  ///< temperature or top_p, not both
  bool adaptive = true;
  bool budget = false;
  bool between_tools = false;
  Off thinking_off = Off::always;
  bool thinks_unasked = false;
  bool hides_thinking = false;  ///< unless a request wants to see it
  bool effort = true;
  bool xhigh = true;
  bool forced_tool = true;
  bool prefill = false;
  bool prewarms = false;  ///< takes 0 as `max_tokens`
};

ClaudeAbilities abilities_of(std::string_view model);

}  // namespace antiphon::inline v0::simulator
