#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::json {

/// Writes what a JSON string says, lone surrogates as U+FFFD. `out` has room for as many bytes as `escaped` has.
/// Gives the place behind; null when an escape is none.
char* unescape(std::string_view escaped, char* out);

/// JSON with `\ufffd` in place of each escape that is a lone surrogate; nothing when there is none.
std::optional<std::string> without_lone_surrogates(std::string_view json);

}  // namespace antiphon::inline v0::json
