#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::utf8 {

/// What stands at a place of a text: one character, or bytes that are none.
struct Piece {
  std::size_t length;  ///< of the character, or of the maximal invalid piece; at least 1
  bool valid;
};

/// `text` must not be empty.
Piece first_piece(std::string_view text);

/// Position of the first byte that is not UTF-8 (overlong forms and surrogates are not); nothing when all is.
std::optional<std::size_t> find_invalid(std::string_view text);

/// How many characters a text has; bytes that are none count as they come.
std::size_t characters(std::string_view text);

/// The text with U+FFFD in place of each maximal invalid piece (as the WHATWG decoder does it).
std::string repair(std::string_view text);

/// The UTF-8 form of U+FFFD.
inline constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// Appends the UTF-8 form of a code point; U+FFFD for a surrogate or a number beyond U+10FFFF.
void append(std::string& out, char32_t code_point);

/// The same into memory with room for four bytes; gives the place behind.
char* write(char* out, char32_t code_point);

}  // namespace antiphon::inline v0::utf8
