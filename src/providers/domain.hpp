#pragma once

#include <string_view>

namespace antiphon::inline v0::codec {

/// Whether a URL leads into a domain: `https://eu.api.openai.com/v1` into `openai.com`.
bool is_in_domain(std::string_view url, std::string_view domain);

}  // namespace antiphon::inline v0::codec
