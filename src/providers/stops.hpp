#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "json/writer.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

inline constexpr std::size_t most_gemini_stops = 5;  // providers.md §4.2
inline constexpr std::size_t most_cohere_stops = 5;

/// Writes the texts that end an answer, as an array of as many as `provider` takes; 0 for any number. The rest is
/// noted.
void write_stops(json::Writer& writer, RequestNotes& notes, const std::vector<std::string>& stops, std::size_t most,
                 std::string_view provider);

}  // namespace antiphon::inline v0::codec
