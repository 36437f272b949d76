#include <antiphon/provider.hpp>

#include "providers/codec.hpp"

namespace antiphon::inline v0 {

std::vector<ProviderInfo> known_providers() {
  std::vector<ProviderInfo> known;
  for (const std::string& name : codec::preset_names()) {
    const codec::Preset& preset = *codec::find_preset(name);
    known.emplace_back(std::string(preset.name), std::string(preset.protocol), std::string(preset.base_url),
                       std::string(preset.key_variable));
  }
  return known;
}

}  // namespace antiphon::inline v0
