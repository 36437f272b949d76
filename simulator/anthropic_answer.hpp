#pragma once

#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

/// A whole message. Where content is generated it holds `generated_mark`.
std::string anthropic_message(const Ask& ask, const Answer& answer);

/// The same as a stream.
std::unique_ptr<EventSource> anthropic_events(const Ask& ask, const Answer& answer);

}  // namespace antiphon::inline v0::simulator
