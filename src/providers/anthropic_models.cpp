#include "providers/anthropic_models.hpp"

#include <initializer_list>
#include <limits>

namespace antiphon::inline v0::codec {

namespace {

using Thinking = AnthropicModel::Thinking;

bool names(std::string_view model, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) {
    if (model.find(part) != model.npos) return true;
  }
  return false;
}

AnthropicModel somebody_elses() {
  AnthropicModel model;
  model.most_output = std::numeric_limits<std::int64_t>::max();
  model.sampling = true;
  model.thinking = Thinking::either;
  model.thinks_unasked = false;
  model.prefill = true;
  return model;
}

AnthropicModel budgeted(std::int64_t most_output, Thinking thinking) {
  AnthropicModel model;
  model.most_output = most_output;
  model.sampling = true;
  model.sampling_once = true;
  model.thinking = thinking;
  model.thinks_unasked = false;
  model.effort = false;
  model.xhigh = false;
  model.prefill = true;
  return model;
}

AnthropicModel without_schema(AnthropicModel model) {
  model.schema = false;
  return model;
}

AnthropicModel third(std::int64_t most_output, Thinking thinking) {
  AnthropicModel model = without_schema(budgeted(most_output, thinking));
  model.sampling_once = false;
  return model;
}

AnthropicModel older(std::string_view name) {
  if (names(name, {"claude-3-7"})) return third(64'000, Thinking::budget);
  if (names(name, {"claude-3-5"})) return third(8'192, Thinking::none);
  if (names(name, {"claude-3-", "claude-2", "claude-instant"})) return third(4'096, Thinking::none);
  if (names(name, {"opus-4-1"})) return budgeted(32'000, Thinking::budget);
  AnthropicModel model = budgeted(64'000, Thinking::budget);
  if (names(name, {"-4-5"})) {
    model.effort = names(name, {"opus"});
    return model;
  }
  if (names(name, {"opus"})) model.most_output = 32'000;
  return without_schema(model);
}

/// Claude 4 without a number behind it: `claude-opus-4-20250514`, `claude-sonnet-4@20250514`, `claude-opus-4-0`.
bool is_plain_four(std::string_view name) {
  return names(name, {"opus-4-2", "opus-4-0", "opus-4@", "sonnet-4-2", "sonnet-4-0", "sonnet-4@"}) ||
         name.ends_with("opus-4") || name.ends_with("sonnet-4");
}

}  // namespace

AnthropicModel classify_anthropic_model(std::string_view name) {
  if (!names(name, {"claude"})) return somebody_elses();
  if (names(name, {"claude-3", "claude-2", "claude-instant", "-4-5", "-4-1"}) || is_plain_four(name))
    return older(name);
  AnthropicModel model;
  if (names(name, {"-4-6"})) {
    model.sampling = true;
    model.thinking = Thinking::either;
    model.thinks_unasked = false;
    model.xhigh = false;
  } else if (names(name, {"opus-4-7", "opus-4-8"})) {
    model.thinks_unasked = false;
  } else if (names(name, {"opus-5-5", "sonnet-5-5", "fable-5-1", "fable-5-2"})) {
    model.always_thinks = true;
    model.forced_tools = false;
  } else if (names(name, {"fable-5"})) {
    model.always_thinks = true;
  } else if (!names(name, {"sonnet-5"})) {
    model.high_needs_thought = true;
  }
  return model;
}

}  // namespace antiphon::inline v0::codec
