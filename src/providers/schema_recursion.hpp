#pragma once

#include <string_view>

namespace antiphon::inline v0::codec {

/// Whether a JSON Schema holds itself by `$ref`, at once or over others: some providers take none such (providers.md
/// §3.6, trap 78). `schema` must be JSON.
bool holds_itself(std::string_view schema);

}  // namespace antiphon::inline v0::codec
