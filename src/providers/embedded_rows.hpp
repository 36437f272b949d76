#pragma once

#include <string_view>

namespace antiphon::inline v0::codec {

/// `data/providers.json`, put into the library when it is built.
extern const std::string_view embedded_rows;

}  // namespace antiphon::inline v0::codec
