#pragma once

#include <antiphon/message.hpp>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// Reads the `messages` of an OpenAI Chat request. Throws `Error{invalid_request}` that names the place; what is not
/// known stays the bytes that it is.
Messages read_chat_messages(json::Value array);

}  // namespace antiphon::inline v0::codec
