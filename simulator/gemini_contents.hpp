#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// What reading the conversation of a Gemini request needs to know.
struct GeminiReading {
  bool is_vertex = false;
  std::uint64_t generation = 0;  ///< 3 for `gemini-3-flash`; 0 for names that do not tell
};

GeminiReading gemini_reading(std::string_view model, bool is_vertex);

/// Reads `contents` into `ask`. Throws `Failure`.
void read_gemini_contents(const RequestObject& request, const GeminiReading& reading, Ask& ask);

/// Reads `systemInstruction`.
void read_gemini_system(const RequestObject& request, Ask& ask);

/// What a signature of a call is made of.
std::string signed_call(std::string_view name, json::value args);
/// What a signature of a text is made of: it stands for the thoughts, not for the text.
inline constexpr std::string_view signed_text = "thoughts";

}  // namespace antiphon::inline v0::simulator
