#pragma once

#include "gemini_path.hpp"
#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

/// Answers `embedContent`, `batchEmbedContents` and Vertex's `predict`. Throws `Failure`.
Reply gemini_embed(std::string_view body, const GeminiPath& path);

}  // namespace antiphon::inline v0::simulator
