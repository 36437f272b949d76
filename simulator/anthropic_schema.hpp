#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// Refuses a schema outside the subset that structured answers and strict tools take. `optional_properties` counts on.
void check_anthropic_schema(const RequestObject& schema, std::uint64_t& optional_properties);

}  // namespace antiphon::inline v0::simulator
