#pragma once

#include <string_view>

namespace antiphon::inline v0 {

/// The media type of a file: its first bytes tell, else the ending of its name. `text/plain` for text of any other
/// name; empty when nothing tells.
std::string_view type_of_file(std::string_view bytes, std::string_view name);

}  // namespace antiphon::inline v0
