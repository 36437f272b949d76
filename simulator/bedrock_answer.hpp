#pragma once

#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

std::string bedrock_whole(const Ask& ask, const Answer& answer);
std::unique_ptr<EventSource> bedrock_events(const Ask& ask, const Answer& answer);

}  // namespace antiphon::inline v0::simulator
