#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::inline v0::json {

// JSON pointers (RFC 6901): `/a~1b/0`.

/// Appends `/` and a name, escaped.
void append_step(std::string& pointer, std::string_view name);

/// The names of a pointer, escapes resolved; none for the empty pointer. Nothing when it is no pointer.
std::optional<std::vector<std::string>> steps_of(std::string_view pointer);

}  // namespace antiphon::inline v0::json
