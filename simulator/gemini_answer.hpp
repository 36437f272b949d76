#pragma once

#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

std::string gemini_whole(const Ask& ask, const Answer& answer);
std::unique_ptr<EventSource> gemini_events(const Ask& ask, Answer answer);

}  // namespace antiphon::inline v0::simulator
