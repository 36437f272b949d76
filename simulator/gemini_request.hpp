#pragma once

#include <string_view>

#include "answer.hpp"
#include "gemini_path.hpp"

namespace antiphon::inline v0::simulator {

/// Reads the body of a `generateContent` request as strictly as the provider does. Throws `Failure`.
Ask read_gemini(std::string_view body, const GeminiPath& path);

/// The tokens that a `countTokens` request counts. Throws `Failure`.
std::uint64_t read_gemini_count(std::string_view body, const GeminiPath& path);

}  // namespace antiphon::inline v0::simulator
