#include "anthropic_models.hpp"

namespace antiphon::inline v0::simulator {
namespace {

using Off = ClaudeAbilities::Off;

/// The models whose thinking cannot be switched off.
ClaudeAbilities always_thinking() {
  ClaudeAbilities abilities;
  abilities.thinking_off = Off::never;
  abilities.thinks_unasked = true;
  abilities.forced_tool = false;
  return abilities;
}

/// Opus 5.5, Sonnet 5.5, Haiku 5.5.
ClaudeAbilities five_five(std::string_view model) {
  const bool is_haiku = model.find("haiku") != std::string_view::npos;
  ClaudeAbilities abilities = is_haiku ? ClaudeAbilities() : always_thinking();
  if (is_haiku) abilities.thinking_off = Off::below_xhigh;
  abilities.between_tools = model.find("sonnet") != std::string_view::npos;
  abilities.hides_thinking = true;
  abilities.prewarms = true;
  return abilities;
}

ClaudeAbilities four(std::string_view model) {
  const auto is = [&](std::string_view part) { return model.find(part) != std::string_view::npos; };
  ClaudeAbilities abilities;
  if (is("-4-7") || is("-4-8")) return abilities;
  abilities.has_sampling = true;
  abilities.budget = true;
  abilities.xhigh = false;
  if (is("-4-6")) return abilities;
  abilities.adaptive = false;
  abilities.prefill = true;
  abilities.one_sampling = true;
  abilities.effort = is("opus-4-5");
  abilities.max_tokens = is("-4-1") ? 32000 : 64000;
  return abilities;
}

ClaudeAbilities anything() {
  ClaudeAbilities abilities;
  abilities.max_tokens = UINT64_MAX;
  abilities.has_sampling = true;
  abilities.budget = true;
  abilities.between_tools = true;
  abilities.prefill = true;
  return abilities;
}

}  // namespace

ClaudeAbilities abilities_of(std::string_view model) {
  const auto is = [&](std::string_view part) { return model.find(part) != std::string_view::npos; };
  if (!is("claude-")) return anything();
  if (is("-5-5")) return five_five(model);
  if (is("-4-")) return four(model);
  ClaudeAbilities abilities;
  if (is("fable-5-1") || is("fable-5-2")) return always_thinking();
  if (is("fable-5")) {
    abilities.thinking_off = Off::never;
    abilities.thinks_unasked = true;
  } else if (is("sonnet-5")) {
    abilities.thinks_unasked = true;
  } else {
    abilities.thinking_off = Off::below_xhigh;
  }
  return abilities;
}

}  // namespace antiphon::inline v0::simulator
