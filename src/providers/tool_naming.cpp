#include "providers/tool_naming.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// The byte that `_xHH_` at `at` stands for.
std::optional<char> escaped(std::string_view text, std::size_t at) {
  if (text.size() < at + 5 || text[at] != '_' || text[at + 1] != 'x' || text[at + 4] != '_') return std::nullopt;
  const std::size_t high = hex_digits.find(text[at + 2]);
  const std::size_t low = hex_digits.find(text[at + 3]);
  if (high == hex_digits.npos || low == hex_digits.npos) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

void append_escaped(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  out += {'_', 'x', hex_digits[byte >> 4], hex_digits[byte & 15], '_'};
}

}  // namespace

std::string plain_tool_id(std::string_view id, std::size_t most) {
  if (!id.empty() && id.size() <= most && std::all_of(id.begin(), id.end(), is_plain)) return std::string(id);
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::string made = "call_";
  for (int shift = 60; shift >= 0; shift -= 4) made += hex_digits[(hash >> shift) & 15];
  return made.substr(0, most);
}

std::string dotted_tool_id(std::string_view id, std::size_t most) {
  const auto fits = [](char c) { return is_plain(c) || c == '.' || c == ':'; };
  const bool good = !id.empty() && id.size() <= most && std::all_of(id.begin(), id.end(), fits);
  return good ? std::string(id) : plain_tool_id(id, most);
}

std::string exact_tool_id(std::string_view id, std::size_t length) {
  constexpr std::string_view letters_and_digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  if (id.size() == length && id.find_first_not_of(letters_and_digits) == id.npos) return std::string(id);
  std::uint64_t hash = 0xcbf29ce484222325;
  std::string made(length, '0');
  for (char& letter : made) {
    for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    // The upper bits are the well mixed ones; each letter takes another round.
    hash = (hash ^ 0xff) * 0x100000001b3;
    letter = letters_and_digits[(hash >> 32) % letters_and_digits.size()];
  }
  return made;
}

std::string encode_tool_name(std::string_view name, FirstLetter first) {
  std::string encoded;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    const bool unfit = at == 0 && first == FirstLetter::needed && (c == '-' || (c >= '0' && c <= '9'));
    if (is_plain(c) && !unfit && !escaped(name, at)) {
      encoded += name[at];
    } else {
      append_escaped(encoded, name[at]);
    }
  }
  return encoded;
}

std::string offered_tool_name(std::string_view name, std::size_t most, const std::string& place,
                              std::string_view provider, FirstLetter first) {
  std::string encoded = encode_tool_name(name, first);
  if (encoded.size() <= most) return encoded;
  throw invalid(place + "/name", std::string(provider) + " takes at most " + std::to_string(most) +
                                     " letters, and this is " + std::to_string(encoded.size()) + ": " + encoded);
}

std::string decode_tool_name(std::string_view name) {
  std::string decoded;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (const auto byte = escaped(name, at)) {
      decoded += *byte;
      at += 4;
    } else {
      decoded += name[at];
    }
  }
  return decoded;
}

}  // namespace antiphon::inline v0::codec
