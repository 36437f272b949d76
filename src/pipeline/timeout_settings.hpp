#pragma once

#include <chrono>

#include <antiphon/timeouts.hpp>

namespace antiphon::inline v0::pipeline {

/// Timeouts with every field decided; `Timeouts::off()` for none.
struct TimeoutSettings {
  Timeouts::Duration connect;
  Timeouts::Duration first_content;
  Timeouts::Duration idle;
  Timeouts::Duration between_chunks;
  Timeouts::Duration total;
};

/// What the call sets wins over what the model sets, and that over the defaults. Throws `Error{invalid_config}` that
/// names a field that is not positive.
TimeoutSettings decide_timeouts(const Timeouts& call, const Timeouts& model);

}  // namespace antiphon::inline v0::pipeline
