#include "openai_item_id.hpp"

#include "seal.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::string_view cipher_mark = "gAAAA";
constexpr std::string_view reasoning = "reasoning";
constexpr std::string_view unfinished_reasoning = "unfinished reasoning";
constexpr std::string_view compaction = "compaction";

std::string_view name_in(std::string_view id) {
  const auto underscore = id.find('_');
  return underscore == std::string_view::npos ? "" : id.substr(underscore + 1);
}

bool is_odd(std::string_view name) { return hash(name) % 2 == 1; }

std::string encrypted(std::string_view what, std::uint64_t salt) {
  return std::string(cipher_mark) + signature_of(what, salt);
}

bool is_encrypted(std::string_view text, std::string_view what) {
  return text.substr(0, cipher_mark.size()) == cipher_mark && is_signature_of(text.substr(cipher_mark.size()), what);
}

}  // namespace

std::string make_item_id(std::string_view prefix, std::uint64_t salt, bool follows_reasoning) {
  Random random(salt);
  std::string name = sealed_name(random);
  while (is_odd(name) != follows_reasoning) name = sealed_name(random);
  return std::string(prefix) + name;
}

bool is_item_id(std::string_view id) { return is_sealed_name(name_in(id)); }

bool follows_reasoning(std::string_view id) { return is_item_id(id) && is_odd(name_in(id)); }

std::string encrypted_reasoning(std::uint64_t salt, bool stale) {
  return encrypted(stale ? unfinished_reasoning : reasoning, salt);
}

std::string encrypted_compaction(std::uint64_t salt) { return encrypted(compaction, salt); }

bool is_encrypted_reasoning(std::string_view text) { return is_encrypted(text, reasoning); }

bool is_encrypted_compaction(std::string_view text) { return is_encrypted(text, compaction); }

}  // namespace antiphon::inline v0::simulator
