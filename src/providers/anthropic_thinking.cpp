#include "providers/anthropic_thinking.hpp"

#include <algorithm>

#include "json/reader.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

namespace {

using Thinking = AnthropicModel::Thinking;

// `max_tokens` must be sent. Enough for most answers, and no more than older models give.
constexpr std::int64_t usual_most_tokens = 32'000;
constexpr std::int64_t least_budget = 1024;
constexpr const char* adaptive = R"({"type":"adaptive"})";
constexpr const char* disabled = R"({"type":"disabled"})";

/// Tokens that a budgeted model may think for.
std::int64_t budget_of(std::string_view effort) {
  if (effort == "minimal" || effort == "low") return least_budget;
  if (effort == "medium") return 4 * least_budget;
  return 16 * least_budget;
}

class Settler {
 public:
  Settler(const AnthropicModel& model, std::string_view name, const Options& options, RequestNotes& notes)
      : model_(model), name_(name), options_(options), notes_(notes) {
    made_.max_tokens = std::min(options.max_tokens().value_or(usual_most_tokens), model.most_output);
    made_.thinks = model.always_thinks || (model.thinking == Thinking::adaptive && model.thinks_unasked);
  }

  AnthropicThinking settle(const std::string* own) {
    if (own) {
      by_own(*own);
    } else if (options_.reasoning_effort() == "none") {
      switch_off("reasoning_effort");
    } else if (!options_.reasoning_effort().empty()) {
      by_effort();
    }
    return std::move(made_);
  }

 private:
  void by_effort() {
    if (model_.thinking == Thinking::none) return note("reasoning_effort", "does not think");
    if (model_.thinking == Thinking::budget) return give_budget("reasoning_effort");
    think(adaptive);
  }

  void by_own(const std::string& json) {
    std::string type;
    Count budget;
    json::Reader reader;
    reader.read_copy(json, [&](json::Value root) {
      root.fields([&](std::string_view key, json::Value value) {
        if (key == "type") type = value.string().value_or("");
        if (key == "budget_tokens") budget = value.count();
      });
    });
    if (type == "disabled") {
      switch_off("thinking");
    } else if (model_.thinking == Thinking::none) {
      note("thinking", "does not think");
    } else if (type == "enabled" && model_.thinking == Thinking::adaptive) {
      note("thinking", "takes no budget; it thinks as it sees fit");
      think(adaptive);
    } else if (type == "adaptive" && model_.thinking == Thinking::budget) {
      note("thinking", "needs a budget, and was given one");
      give_budget("thinking");
    } else {
      if (type == "enabled" && budget.known()) check_budget(budget.at_least());
      think(json);
    }
  }

  /// A budget has its room inside `max_tokens` (trap 94).
  void check_budget(std::int64_t budget) {
    if (budget < least_budget)
      throw invalid("thinking", "a budget has 1024 tokens at least, not " + std::to_string(budget));
    if (!options_.max_tokens()) {
      const std::int64_t room = model_.most_output - made_.max_tokens;
      made_.max_tokens += std::min(budget, room);
    }
    if (budget < made_.max_tokens) return;
    throw invalid("thinking", "a budget of " + std::to_string(budget) + " tokens leaves none of max_tokens, " +
                                  std::to_string(made_.max_tokens) + ", for the answer");
  }

  void give_budget(const char* field) {
    // The answer has a quarter at least of what both may take.
    const std::int64_t room = made_.max_tokens - made_.max_tokens / 4;
    if (room < least_budget) {
      notes_.cannot_carry(field,
                          "max_tokens leaves no room to think: that takes 1024 tokens at least, and the answer "
                          "a quarter of all");
      return;
    }
    const std::int64_t budget = std::min(budget_of(options_.reasoning_effort()), room);
    think(R"({"type":"enabled","budget_tokens":)" + std::to_string(budget) + "}");
  }

  void switch_off(const char* field) {
    if (model_.always_thinks) return note(field, "always thinks");
    made_.thinks = false;
    if (model_.thinking != Thinking::none && (model_.thinks_unasked || field == std::string_view("thinking"))) {
      made_.json = disabled;
    }
  }

  void think(std::string json) {
    made_.thinks = true;
    made_.asked = true;
    made_.json = std::move(json);
  }

  void note(const char* field, const char* why) {
    notes_.cannot_carry(field, "the model " + std::string(name_) + " " + why);
  }

  const AnthropicModel& model_;
  std::string_view name_;
  const Options& options_;
  RequestNotes& notes_;
  AnthropicThinking made_;
};

}  // namespace

AnthropicThinking settle_thinking(const AnthropicModel& model, std::string_view name, const Options& options,
                                  const std::string* own, RequestNotes& notes) {
  return Settler(model, name, options, notes).settle(own);
}

}  // namespace antiphon::inline v0::codec
