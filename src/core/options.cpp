#include <algorithm>

#include <antiphon/error.hpp>
#include <antiphon/options.hpp>

#include "core/ascii.hpp"

namespace antiphon::inline v0 {

namespace {

template <class T>
void complete(std::optional<T>& value, const std::optional<T>& fallback) {
  if (!value) value = fallback;
}

/// A string or a list.
template <class T>
void complete(T& value, const T& fallback) {
  if (value.empty()) value = fallback;
}

/// Those of `fallback` that have no namesake, in front of the others.
template <class Pairs, class Hides>
void complete_pairs(Pairs& pairs, const Pairs& fallback, Hides hides) {
  Pairs all;
  for (const auto& entry : fallback) {
    if (!hides(entry.first)) all.push_back(entry);
  }
  all.insert(all.end(), pairs.begin(), pairs.end());
  pairs = std::move(all);
}

template <class Pairs>
bool holds(const Pairs& pairs, std::string_view name) {
  return std::any_of(pairs.begin(), pairs.end(), [&](const auto& entry) { return entry.first == name; });
}

Timeouts completed(Timeouts timeouts, const Timeouts& fallback) {
  if (!timeouts.connect() && fallback.connect()) timeouts.connect(*fallback.connect());
  if (!timeouts.first_content() && fallback.first_content()) timeouts.first_content(*fallback.first_content());
  if (!timeouts.idle() && fallback.idle()) timeouts.idle(*fallback.idle());
  if (!timeouts.between_chunks() && fallback.between_chunks()) timeouts.between_chunks(*fallback.between_chunks());
  if (!timeouts.total() && fallback.total()) timeouts.total(*fallback.total());
  return timeouts;
}

}  // namespace

ResponseFormat::ResponseFormat(std::string_view name) {
  if (name == "text") {
    kind_ = Kind::text;
  } else if (name == "json") {
    kind_ = Kind::json;
  } else {
    throw Error(ErrorKind::invalid_config, "unknown form \"" + std::string(name) + "\": use text, json or a JsonSchema")
        .where("response_format");
  }
}

bool Options::has(std::string_view name) const {
  struct Common {
    std::string_view name;
    bool set;
  };
  const Common common[] = {
      {"temperature", temperature_.has_value()},
      {"top_p", top_p_.has_value()},
      {"top_k", top_k_.has_value()},
      {"max_tokens", max_tokens_.has_value()},
      {"stop", !stop_.empty()},
      {"seed", seed_.has_value()},
      {"presence_penalty", presence_penalty_.has_value()},
      {"frequency_penalty", frequency_penalty_.has_value()},
      {"logprobs", logprobs_.has_value()},
      {"top_logprobs", logprobs_.has_value()},
      {"n", n_.has_value()},
      {"user", !user_.empty()},
      {"metadata", !metadata_.empty()},
      {"response_format", response_format_.has_value()},
      {"reasoning_effort", !reasoning_effort_.empty()},
      {"tool_choice", tool_choice_.has_value()},
      {"parallel_tool_calls", parallel_tool_calls_.has_value()},
  };
  return std::any_of(std::begin(common), std::end(common),
                     [&](const Common& option) { return option.set && option.name == name; });
}

Options& Options::complete_with(const Options& defaults) & {
  // An option by name overrules its typed twins when the request is written: one from there must not.
  const auto own = [&](const std::string& name) {
    return std::any_of(own_.begin(), own_.end(), [&](const OwnOptions& one) { return holds(one.fields(), name); });
  };
  complete_pairs(named_, defaults.named_,
                 [&](const std::string& name) { return has(name) || own(name) || holds(named_, name); });
  complete_pairs(metadata_, defaults.metadata_, [&](const std::string& name) { return holds(metadata_, name); });
  complete_pairs(headers_, defaults.headers_, [&](const std::string& name) {
    return std::any_of(headers_.begin(), headers_.end(),
                       [&](const auto& header) { return ascii::equal_ignoring_case(header.first, name); });
  });
  complete(temperature_, defaults.temperature_);
  complete(top_p_, defaults.top_p_);
  complete(top_k_, defaults.top_k_);
  complete(max_tokens_, defaults.max_tokens_);
  complete(stop_, defaults.stop_);
  complete(seed_, defaults.seed_);
  complete(presence_penalty_, defaults.presence_penalty_);
  complete(frequency_penalty_, defaults.frequency_penalty_);
  complete(logprobs_, defaults.logprobs_);
  complete(n_, defaults.n_);
  complete(user_, defaults.user_);
  complete(response_format_, defaults.response_format_);
  complete(reasoning_effort_, defaults.reasoning_effort_);
  complete(tools_, defaults.tools_);
  if (tool_loop_ && defaults.tool_loop_) tool_loop_->complete_with(*defaults.tool_loop_);
  complete(tool_loop_, defaults.tool_loop_);
  complete(tool_choice_, defaults.tool_choice_);
  complete(parallel_tool_calls_, defaults.parallel_tool_calls_);
  complete(attachments_, defaults.attachments_);
  complete(fetch_urls_, defaults.fetch_urls_);
  complete(continue_with_, defaults.continue_with_);
  timeouts_ = completed(std::move(timeouts_), defaults.timeouts_);
  if (!deadline_ && !deadline_after_) {
    deadline_ = defaults.deadline_;
    deadline_after_ = defaults.deadline_after_;
  }
  if (!stop_token_.stop_possible()) stop_token_ = defaults.stop_token_;
  // Of these the later ones win.
  const auto put_before = [](auto& values, const auto& fallback) {
    values.insert(values.begin(), fallback.begin(), fallback.end());
  };
  put_before(own_, defaults.own_);
  put_before(extra_, defaults.extra_);
  put_before(patches_, defaults.patches_);
  complete_pairs(query_, defaults.query_, [&](const std::string& name) { return holds(query_, name); });
  complete(strict_, defaults.strict_);
  complete(raw_events_, defaults.raw_events_);
  return *this;
}

}  // namespace antiphon::inline v0
