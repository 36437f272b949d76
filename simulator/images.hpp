#pragma once

#include <string_view>

namespace antiphon::inline v0::simulator {

bool is_web_url(std::string_view url);

/// A web address, or a data URL of an image in Base64.
bool is_image_url(std::string_view url);

/// The media type that the first bytes tell of; empty when they tell of none.
std::string_view image_type_of(std::string_view bytes);

}  // namespace antiphon::inline v0::simulator
