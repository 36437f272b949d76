#include <algorithm>

#include "providers/codec.hpp"

namespace antiphon::inline v0::codec {

namespace {

// A compatible server is a row here.
constexpr Preset presets[] = {
    {"openai", "openai-chat", "https://api.openai.com/v1", "OPENAI_API_KEY", "OPENAI_BASE_URL", "openai"},
    {"openai-responses", "openai-responses", "https://api.openai.com/v1", "OPENAI_API_KEY", "OPENAI_BASE_URL", "openai"},
    {"anthropic", "anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "anthropic",
     KeyStyle::x_api_key},
    {"gemini", "gemini", "https://generativelanguage.googleapis.com", "GEMINI_API_KEY", "GEMINI_BASE_URL", "gemini",
     KeyStyle::x_goog_api_key},
    {"ollama", "ollama", "http://localhost:11434", "", "OLLAMA_HOST", "ollama"},
};

}  // namespace

const Preset* find_preset(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(presets), std::end(presets), [&](const Preset& preset) { return preset.name == name; });
  return found == std::end(presets) ? nullptr : found;
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets) names.emplace_back(preset.name);
  return names;
}

}  // namespace antiphon::inline v0::codec
