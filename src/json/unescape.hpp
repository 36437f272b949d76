#pragma once

#include <string_view>

namespace antiphon::inline v0::json {

/// Writes what a JSON string says, lone surrogates as U+FFFD. `out` has room for as many bytes as `escaped` has.
/// Gives the place behind; null when an escape is none.
char* unescape(std::string_view escaped, char* out);

}  // namespace antiphon::inline v0::json
