#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::codec {

/// Appends `text` with every byte as `%XX` that is neither unreserved (RFC 3986: letters, digits, `-._~`) nor in
/// `kept`.
void append_percent_encoded(std::string& out, std::string_view text, std::string_view kept = {});
std::string percent_encoded(std::string_view text, std::string_view kept = {});

/// Nothing when a `%` stands before anything but two hex digits.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace antiphon::inline v0::codec
