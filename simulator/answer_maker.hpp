#pragma once

#include "scenario_data.hpp"

namespace antiphon::inline v0::simulator {

/// Makes the answer: by the request and the seed, the same for the same, and by the script where it says something.
Answer make_answer(const Ask& ask, std::uint64_t seed, const Script& script, bool endless);

}  // namespace antiphon::inline v0::simulator
