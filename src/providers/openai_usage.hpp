#pragma once

#include <antiphon/usage.hpp>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// The `usage` object of OpenAI Chat and the servers that are compatible with it.
Usage read_openai_usage(json::Value usage);

}  // namespace antiphon::inline v0::codec
