#pragma once

#include <variant>

#include "pipeline/call.hpp"
#include "pipeline/endpoint.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// The right to an attempt, or why there is none: the call was cancelled, or its patience was at an end.
using Admission = std::variant<Endpoint::Permit, Error>;

/// Waits until the limits of a link and the gate of its provider let one more attempt pass.
Task<Admission> admit(Call& call, const Link& link, Track& track, Turnstile::Patience patience);

/// The same without waiting, at that time; nothing when there is something to wait for.
std::optional<Endpoint::Permit> admit_at_once(Call& call, const Link& link, const Track& track, Endpoint::Time now);

/// When an attempt would get its permit; nothing when somebody else has to go or to leave first.
std::optional<Endpoint::Time> next_turn(const Link& link, const Track& track, Endpoint::Time now);

}  // namespace antiphon::inline v0::pipeline
