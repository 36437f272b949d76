#pragma once

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// One exchange with one provider: encoded, authorised, sent, read, and noted in `call.attempts`.
/// Asks once more when the provider refuses the credentials and the authenticator has others.
Task<Outcome> attempt(Call& call, const Link& link);

}  // namespace antiphon::inline v0::pipeline
