#pragma once

#include "providers/openai_chat_dialect.hpp"
#include "providers/strict_object.hpp"

namespace antiphon::inline v0::codec {

/// Changes a dialect as a row of data says it; `docs/providers.md` says what the fields mean. Throws
/// `Error{invalid_config}` that names the place of a mistake.
void read_openai_chat_dialect(StrictObject& row, OpenAiChatDialect& dialect);
/// The same of a server of OpenAI Responses, which differs in less.
void read_openai_responses_dialect(StrictObject& row, OpenAiChatDialect& dialect);

}  // namespace antiphon::inline v0::codec
