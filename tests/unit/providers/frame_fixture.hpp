#pragma once

#include "fixture.hpp"
#include "recorded_answer.hpp"

namespace antiphon::tests {

/// The frames of AWS that a fixture tells: `{"event": NAME, "payload": JSON}`, `{"exception": NAME, …}` with a payload
/// or a `text` in its place, and `{"error": CODE, "message": TEXT}`. The answer may be complete behind the
/// `finish_frame`.
void add_frames(const Fixture& fixture, RecordedAnswer& answer);

}  // namespace antiphon::tests
