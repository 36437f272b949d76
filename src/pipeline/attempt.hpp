#pragma once

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"
#include "pipeline/timeout_settings.hpp"

namespace antiphon::inline v0::pipeline {

/// What a retry knows and an attempt notes.
struct AttemptContext {
  bool first = true;  ///< of this call to this link: what cannot be carried is said once
  std::chrono::nanoseconds waited{};
  std::optional<std::chrono::nanoseconds> first_content_within = {};
};

/// What holds for one exchange.
TimeoutSettings timeouts_for(const Track& track, const Link& link, const AttemptContext& context);

/// One exchange with one provider: encoded, authorised, sent and read. The only layer that sends.
Task<Outcome> attempt(Call& call, const Link& link, Track& track, AttemptContext context);

}  // namespace antiphon::inline v0::pipeline
