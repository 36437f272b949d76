#include <algorithm>

#include <antiphon/options.hpp>

#include "core/ascii.hpp"
#include "core/options_body.hpp"

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

bool Options::has(std::string_view name) const {
  const Body& mine = body_.read();
  struct Common {
    std::string_view name;
    bool set;
  };
  const Common common[] = {
      {"temperature", mine.temperature.has_value()},
      {"top_p", mine.top_p.has_value()},
      {"top_k", mine.top_k.has_value()},
      {"max_tokens", mine.max_tokens.has_value()},
      {"stop", !mine.stop.empty()},
      {"seed", mine.seed.has_value()},
      {"presence_penalty", mine.presence_penalty.has_value()},
      {"frequency_penalty", mine.frequency_penalty.has_value()},
      {"logprobs", mine.logprobs.has_value()},
      {"top_logprobs", mine.logprobs.has_value()},
      {"n", mine.n.has_value()},
      {"user", !mine.user.empty()},
      {"metadata", !mine.metadata.empty()},
      {"response_format", mine.response_format.has_value()},
      {"reasoning_effort", !mine.reasoning_effort.empty()},
      {"tool_choice", mine.tool_choice.has_value()},
      {"parallel_tool_calls", mine.parallel_tool_calls.has_value()},
  };
  return std::any_of(std::begin(common), std::end(common),
                     [&](const Common& option) { return option.set && option.name == name; });
}

Options& Options::complete_with(const Options& defaults) & {
  Body& mine = body_.edit();
  const Body& theirs = defaults.body_.read();
  // An option by name overrules its typed twins when the request is written: one from there must not.
  const auto own = [&](const std::string& name) {
    return std::any_of(mine.own.begin(), mine.own.end(),
                       [&](const OwnOptions& one) { return holds(one.fields(), name); });
  };
  complete_pairs(mine.named, theirs.named,
                 [&](const std::string& name) { return has(name) || own(name) || holds(mine.named, name); });
  complete_pairs(mine.metadata, theirs.metadata, [&](const std::string& name) { return holds(mine.metadata, name); });
  complete_pairs(mine.headers, theirs.headers, [&](const std::string& name) {
    return std::any_of(mine.headers.begin(), mine.headers.end(),
                       [&](const auto& header) { return ascii::equal_ignoring_case(header.first, name); });
  });
  complete(mine.temperature, theirs.temperature);
  complete(mine.top_p, theirs.top_p);
  complete(mine.top_k, theirs.top_k);
  complete(mine.max_tokens, theirs.max_tokens);
  complete(mine.stop, theirs.stop);
  complete(mine.seed, theirs.seed);
  complete(mine.presence_penalty, theirs.presence_penalty);
  complete(mine.frequency_penalty, theirs.frequency_penalty);
  complete(mine.logprobs, theirs.logprobs);
  complete(mine.n, theirs.n);
  complete(mine.user, theirs.user);
  complete(mine.response_format, theirs.response_format);
  complete(mine.reasoning_effort, theirs.reasoning_effort);
  complete(mine.tools, theirs.tools);
  if (mine.tool_loop && theirs.tool_loop) mine.tool_loop->complete_with(*theirs.tool_loop);
  complete(mine.tool_loop, theirs.tool_loop);
  complete(mine.tool_choice, theirs.tool_choice);
  complete(mine.parallel_tool_calls, theirs.parallel_tool_calls);
  complete(mine.attachments, theirs.attachments);
  complete(mine.fetch_urls, theirs.fetch_urls);
  complete(mine.continue_with, theirs.continue_with);
  mine.timeouts = completed(std::move(mine.timeouts), theirs.timeouts);
  if (!mine.deadline && !mine.deadline_after) {
    mine.deadline = theirs.deadline;
    mine.deadline_after = theirs.deadline_after;
  }
  if (!mine.stop_token.stop_possible()) mine.stop_token = theirs.stop_token;
  // Of these the later ones win.
  const auto put_before = [](auto& values, const auto& fallback) {
    values.insert(values.begin(), fallback.begin(), fallback.end());
  };
  put_before(mine.own, theirs.own);
  put_before(mine.extra, theirs.extra);
  put_before(mine.patches, theirs.patches);
  complete_pairs(mine.query, theirs.query, [&](const std::string& name) { return holds(mine.query, name); });
  complete(mine.strict, theirs.strict);
  complete(mine.raw_events, theirs.raw_events);
  return *this;
}

}  // namespace antiphon::inline v0
