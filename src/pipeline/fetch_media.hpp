#pragma once

#include "pipeline/call.hpp"
#include "pipeline/retry.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Fetches what the link's provider cannot take by URL, where the options allow it, and asks with the bytes in its
/// place. Each file once in a call, whatever is tried again.
Task<Outcome> fetch_media(Call& call, const Link& link, Track& track, RetryContext context);

}  // namespace antiphon::inline v0::pipeline
