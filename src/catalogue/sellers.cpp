#include "catalogue/sellers.hpp"

#include "providers/codec.hpp"
#include "providers/provider_rows.hpp"

namespace antiphon::inline v0::catalogue {

std::vector<std::string> sellers_like(std::string_view provider) {
  std::vector<std::string> names{std::string(provider)};
  const codec::Preset* asked = codec::find_preset(provider);
  if (!asked || asked->base_url.empty()) return names;
  for (const codec::RowBody& row : codec::built_in_rows()) {
    const codec::Preset& other = row->preset;
    if (other.base_url == asked->base_url && other.name != asked->name) names.push_back(other.name);
  }
  return names;
}

std::string runs_models_of(std::string_view provider) {
  const codec::Preset* asked = codec::find_preset(provider);
  return asked && asked->family != asked->name ? asked->family : std::string();
}

}  // namespace antiphon::inline v0::catalogue
