#include "providers/openai_chat_dialect.hpp"

#include <algorithm>

#include "providers/codec.hpp"
#include "providers/domain.hpp"

namespace antiphon::inline v0::codec {

namespace {

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool OpenAiChatDialect::refuses(std::string_view option) const { return holds(refused, option); }

bool OpenAiChatDialect::ignores(std::string_view option) const { return holds(ignored_while_thinking, option); }

const std::vector<std::string>& OpenAiChatDialect::refused_by(std::string_view model) const {
  static const std::vector<std::string>& nothing = *new std::vector<std::string>;
  const std::vector<std::string>* found = &nothing;
  std::size_t length = 0;
  for (const auto& [beginning, names] : refused_by_model) {
    if (beginning.size() < length || !model.starts_with(beginning)) continue;
    length = beginning.size();
    found = &names;
  }
  return *found;
}

std::string_view OpenAiChatDialect::name_of(std::string_view option) const {
  const auto found =
      std::find_if(renamed.begin(), renamed.end(), [&](const auto& pair) { return pair.first == option; });
  return found == renamed.end() ? option : std::string_view(found->second);
}

const OpenAiChatDialect& openai_chat_dialect(const Target& target) {
  // Never destroyed: calls may still be in flight when the program's statics go.
  static const OpenAiChatDialect& plain = *new OpenAiChatDialect;
  const Preset& preset = *target.preset;
  const bool elsewhere = !preset.domain.empty() && !is_in_domain(target.base_url, preset.domain);
  return elsewhere ? plain : preset.openai_chat;
}

}  // namespace antiphon::inline v0::codec
