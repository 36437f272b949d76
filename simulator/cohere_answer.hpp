#pragma once

#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

std::string cohere_whole(const Ask& ask, const Answer& answer);
std::unique_ptr<EventSource> cohere_events(const Ask& ask, const Answer& answer);

/// The end of a stream that failed.
std::string cohere_error_event(const Failure& failure);

}  // namespace antiphon::inline v0::simulator
