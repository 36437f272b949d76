#include "seal.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::size_t open_letters = 16;
constexpr std::size_t sealed_letters = 24;
constexpr std::size_t filler_bytes = 24;

std::string seal_of(std::string_view letters) {
  Random random(hash(letters, 0x5ea1));
  return random_name(random, sealed_letters - open_letters);
}

void append_number(std::string& bytes, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(number >> shift & 0xFF);
}

std::string signed_bytes(std::string_view text, std::string_view salt) {
  std::string bytes(salt);
  Random random(hash(text, hash(salt, 0x519e)));
  while (bytes.size() < salt.size() + filler_bytes) append_number(bytes, random.next());
  return bytes;
}

}  // namespace

std::string sealed_name(Random& random) {
  const std::string letters = random_name(random, open_letters);
  return letters + seal_of(letters);
}

bool is_sealed_name(std::string_view name) {
  return name.size() == sealed_letters && name.substr(open_letters) == seal_of(name.substr(0, open_letters));
}

std::string signature_of(std::string_view text, std::uint64_t salt) {
  std::string salt_bytes;
  append_number(salt_bytes, salt);
  return encode_base64(signed_bytes(text, salt_bytes));
}

bool is_signature_of(std::string_view signature, std::string_view text) {
  const auto bytes = decode_base64(signature);
  return bytes && bytes->size() > 8 && *bytes == signed_bytes(text, std::string_view(*bytes).substr(0, 8));
}

}  // namespace antiphon::inline v0::simulator
