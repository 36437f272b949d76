#include <algorithm>

#include "providers/codec.hpp"

namespace antiphon::inline v0::codec {

namespace {

Preset openai() {
  Preset preset;
  preset.name = "openai";
  preset.protocol = "openai-chat";
  preset.base_url = "https://api.openai.com/v1";
  preset.key_variable = "OPENAI_API_KEY";
  preset.url_variable = "OPENAI_BASE_URL";
  preset.family = "openai";
  preset.domain = "openai.com";
  preset.openai_chat.openai_models = true;
  preset.openai_chat.refused = {"top_k"};
  preset.openai_chat.json_word = true;
  preset.openai_chat.null_content = true;
  preset.openai_chat.think_tags = false;
  return preset;
}

Preset openai_responses() {
  Preset preset;
  preset.name = "openai-responses";
  preset.protocol = "openai-responses";
  preset.base_url = "https://api.openai.com/v1";
  preset.key_variable = "OPENAI_API_KEY";
  preset.url_variable = "OPENAI_BASE_URL";
  preset.family = "openai";
  return preset;
}

Preset anthropic() {
  Preset preset;
  preset.name = "anthropic";
  preset.protocol = "anthropic";
  preset.base_url = "https://api.anthropic.com";
  preset.key_variable = "ANTHROPIC_API_KEY";
  preset.url_variable = "ANTHROPIC_BASE_URL";
  preset.family = "anthropic";
  preset.key_style = KeyStyle::x_api_key;
  return preset;
}

Preset gemini() {
  Preset preset;
  preset.name = "gemini";
  preset.protocol = "gemini";
  preset.base_url = "https://generativelanguage.googleapis.com";
  preset.key_variable = "GEMINI_API_KEY";
  preset.url_variable = "GEMINI_BASE_URL";
  preset.family = "gemini";
  preset.key_style = KeyStyle::x_goog_api_key;
  return preset;
}

Preset ollama() {
  Preset preset;
  preset.name = "ollama";
  preset.protocol = "ollama";
  preset.base_url = "http://localhost:11434";
  preset.url_variable = "OLLAMA_HOST";
  preset.family = "ollama";
  return preset;
}

const std::vector<Preset>& presets() {
  // Never destroyed: calls may still be in flight when the program's statics go.
  static const std::vector<Preset>& known = *new std::vector<Preset>{openai(), openai_responses(), anthropic(), gemini(), ollama()};
  return known;
}

}  // namespace

const Preset* find_preset(std::string_view name) {
  const auto found =
      std::find_if(presets().begin(), presets().end(), [&](const Preset& preset) { return preset.name == name; });
  return found == presets().end() ? nullptr : &*found;
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.push_back(preset.name);
  return names;
}

}  // namespace antiphon::inline v0::codec
