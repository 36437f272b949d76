#pragma once

#include <string>

#include <antiphon/options.hpp>

namespace antiphon::inline v0::codec {

/// A schema for an answer with `JsonSchema::description` as its own `description`, before one that it has: for
/// providers that have no field for it beside the schema.
std::string schema_with_description(const JsonSchema& schema);

}  // namespace antiphon::inline v0::codec
