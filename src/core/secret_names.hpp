#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace antiphon::inline v0 {

/// Whether a header, or a field of a query, of that name holds what nobody else may see.
bool names_a_secret(std::string_view name);

/// Calls `found` with the value, as it stands there, of each secret in the query of a URL.
void for_each_secret_of_query(std::string_view url, const std::function<void(std::string_view value)>& found);

/// `url` with `***` in their place.
std::string masked_query(std::string_view url);

}  // namespace antiphon::inline v0
