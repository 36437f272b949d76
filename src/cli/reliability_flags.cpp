#include "reliability_flags.hpp"

#include <utility>

#include "usage_error.hpp"

namespace antiphon::cli {

void ReliabilityFlags::declare(CommandLine& line) {
  line.group("One answer");
  line.duration("--deadline", deadline_, std::nullopt,
                "For an answer with all that is tried for it, other providers too (default: none)");
  line.text("--continue-with", continue_with_, "none|same|next",
            "Who goes on with an answer that was cut (default: none)");
  declare_without_calls(line);
}

void ReliabilityFlags::declare_without_calls(CommandLine& line) {
  retry_.declare(line);
  limits_.declare(line);
  fallback_.declare(line);
  line.group("Options");
}

void ReliabilityFlags::apply(Options& options) const {
  if (deadline_) options.deadline(*deadline_);
  if (!continue_with_) return;
  if (*continue_with_ == "none") {
    options.continue_with(Continuation::none);
  } else if (*continue_with_ == "same") {
    options.continue_with(Continuation::same);
  } else if (*continue_with_ == "next") {
    options.continue_with(Continuation::next);
  } else {
    throw UsageError("--continue-with: expected none, same or next, got \"" + *continue_with_ + "\"");
  }
}

Provider ReliabilityFlags::provider(const ChosenModel& first, const Engine& engine, ProviderOptions options) const {
  options.engine(engine);
  const Config::Change change = [this](ModelConfig& model) {
    retry_.apply(model);
    limits_.apply(model);
  };
  return fallback_.provider(first, options, change);
}

}  // namespace antiphon::cli
