#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::base64 {

/// Appends the standard alphabet's form, padded, on one line.
void append_encoded(std::string& out, std::string_view bytes);
std::string encode(std::string_view bytes);

/// Decodes text that comes in pieces of any length. Both alphabets; blanks and line ends are skipped; padding ends a
/// group of bytes and may be followed by more, for servers that encode each piece on its own.
class Decoder {
 public:
  /// Appends what is complete. False when there was a character that cannot stand in base64; it is skipped.
  bool feed(std::string_view text, std::string& out);

 private:
  std::uint32_t bits_ = 0;
  int count_ = 0;
};

/// All bytes of a text, by the rules of `Decoder`; nothing when a character cannot stand in base64.
std::optional<std::string> decode(std::string_view text);

/// The same bytes in the standard alphabet, padded, on one line; nothing when `text` is no base64.
std::optional<std::string> normalize(std::string_view text);

}  // namespace antiphon::inline v0::base64
