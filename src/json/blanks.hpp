#pragma once

#include <string>
#include <string_view>

namespace antiphon::inline v0::json {

/// A JSON text without the blanks between its tokens; what stands in strings stays. One with a string that does not
/// end stays as it is.
std::string without_blanks(std::string_view json);

}  // namespace antiphon::inline v0::json
