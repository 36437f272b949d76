#include "anthropic_cache.hpp"

namespace antiphon::inline v0::simulator {

bool AnthropicPrompt::is_for_an_hour(const RequestObject& control) {
  control.only({"type", "ttl"});
  control.need_word("type", {"ephemeral"});
  return control.word("ttl", {"5m", "1h"}) == "1h";
}

void AnthropicPrompt::mark(const RequestObject& object) {
  constexpr int most = 4;
  const auto control = object.object("cache_control");
  if (!control) return;
  const bool is_long = is_for_an_hour(*control);
  if (++breakpoints_ > most) {
    control->refuse(Problem::other, "At most 4 blocks may have cache_control; this is one more.");
  }
  if (is_long && has_short_) control->refuse("ttl", Problem::other, "A ttl of 1h must come before one of 5m.");
  has_short_ |= !is_long;
  ask_.cache_write_tokens = ask_.prompt_tokens;
  if (is_long) ask_.long_cache_tokens = ask_.prompt_tokens;
}

void AnthropicPrompt::keep_all(const RequestObject& request) {
  const auto control = request.object("cache_control");
  if (!control) return;
  ask_.cache_write_tokens = ask_.prompt_tokens;
  if (is_for_an_hour(*control)) ask_.long_cache_tokens = ask_.prompt_tokens;
}

}  // namespace antiphon::inline v0::simulator
