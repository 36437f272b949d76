#pragma once

#include <string>

#include <antiphon/json.hpp>

#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// The JSON Schema of a tool's arguments for a provider that takes an object at its top and no choice of several there
/// (providers.md is silent; observed of Anthropic and Bedrock, 26 November 2026): what the choices have goes into the
/// object, and the caller is told. A type that is missing is added. Other schemas go as they are.
std::string root_object(const Json& schema, const std::string& place, RequestNotes& notes);

}  // namespace antiphon::inline v0::codec
