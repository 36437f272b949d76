#pragma once

#include <string>
#include <vector>

#include <antiphon/message.hpp>
#include <antiphon/response.hpp>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// Reads the `messages` of an OpenAI Chat request. Throws `Error{invalid_request}` that names the place; fields that
/// are not known are left out, with a warning each.
Messages read_chat_messages(json::Value array, std::vector<Warning>& warnings);

}  // namespace antiphon::inline v0::codec
