#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// Google's own kind of schema, a part of OpenAPI's. Throws `Failure` for what is not in it.
void check_gemini_schema(const RequestObject& schema);

/// The same as JSON Schema has it.
json::value json_schema_of(const json::value& schema);

}  // namespace antiphon::inline v0::simulator
