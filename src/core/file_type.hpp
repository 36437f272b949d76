#pragma once

#include <string_view>

namespace antiphon::inline v0 {

/// The media type of a file: its first bytes tell, else the ending of its name. `text/plain` for text of any other
/// name; empty when nothing tells.
std::string_view type_of_file(std::string_view bytes, std::string_view name);

/// The media type that a name, or the path of a URL, tells by its ending; empty when it does not.
std::string_view type_of_name(std::string_view name);

/// What the names of files of a media type end in, with the dot; empty when that is not known.
std::string_view ending_of_type(std::string_view media_type);

}  // namespace antiphon::inline v0
