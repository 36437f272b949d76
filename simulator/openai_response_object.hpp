#pragma once

#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

/// How a response stands, or ended.
struct ResponseStatus {
  std::string status;      ///< empty: null
  std::string incomplete;  ///< the reason; empty: none
  std::optional<Failure> error;
};

/// What a finish reason is called here.
ResponseStatus status_of(const Answer& answer);

/// A response object around its `output`, which is JSON of items with commas between.
std::string response_object(const Ask& ask, const Answer& answer, const ResponseStatus& status,
                            const std::string& output);

}  // namespace antiphon::inline v0::simulator
