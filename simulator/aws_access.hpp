#pragma once

#include <antiphon/simulator.hpp>
#include <optional>

#include "answer.hpp"
#include "credentials.hpp"

namespace antiphon::inline v0::simulator {

/// Why AWS does not let a request in; nothing when it does. A request has a bearer token, or a signature, which is
/// checked when there are keys for it.
std::optional<Failure> check_aws_access(const RecordedRequest& request, const Credentials& wanted);

}  // namespace antiphon::inline v0::simulator
