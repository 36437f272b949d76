#include "providers/anthropic_models.hpp"

#include <initializer_list>

namespace antiphon::inline v0::codec {

namespace {

bool names(std::string_view model, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) {
    if (model.find(part) != model.npos) return true;
  }
  return false;
}

AnthropicModel budgeted(std::int64_t most_output, AnthropicModel::Thinking thinking) {
  AnthropicModel model;
  model.most_output = most_output;
  model.sampling = true;
  model.thinking = thinking;
  model.thinks_unasked = false;
  model.effort = false;
  model.xhigh = false;
  model.prefill = true;
  return model;
}

AnthropicModel older(std::string_view name) {
  using Thinking = AnthropicModel::Thinking;
  if (names(name, {"claude-3-7"})) return budgeted(64'000, Thinking::budget);
  if (names(name, {"claude-3-5"})) return budgeted(8'192, Thinking::none);
  if (names(name, {"claude-3-", "claude-2", "claude-instant"})) return budgeted(4'096, Thinking::none);
  if (names(name, {"opus-4-5"})) {
    AnthropicModel model = budgeted(64'000, Thinking::budget);
    model.effort = true;
    return model;
  }
  if (names(name, {"-4-5", "sonnet-4-2", "sonnet-4-0", "sonnet-4@"})) return budgeted(64'000, Thinking::budget);
  return budgeted(32'000, Thinking::budget);
}

}  // namespace

AnthropicModel classify_anthropic_model(std::string_view name) {
  using Thinking = AnthropicModel::Thinking;
  if (names(name, {"claude-3", "claude-2", "claude-instant", "-4-5", "-4-1", "opus-4-2", "opus-4-0", "sonnet-4-2",
                   "sonnet-4-0", "opus-4@", "sonnet-4@"})) {
    return older(name);
  }
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
  }
  return model;
}

}  // namespace antiphon::inline v0::codec
