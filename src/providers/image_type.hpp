#pragma once

#include <string_view>

namespace antiphon::inline v0::codec {

/// The media type of an image by its first bytes, 12 are enough: PNG, JPEG, GIF or WebP; empty for anything else.
std::string_view image_type(std::string_view bytes);

}  // namespace antiphon::inline v0::codec
