#include "openai_models.hpp"

#include <algorithm>

#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

/// The number behind `gpt-`: 5 is 50, 5.1 is 51, 6.2 is 62; 0 for other names.
std::uint64_t generation_of(std::string_view model) {
  if (model.substr(0, 4) != "gpt-") return 0;
  model.remove_prefix(4);
  const std::size_t digits = std::min(model.find_first_not_of("0123456789"), model.size());
  const std::uint64_t major = parse_number(model.substr(0, digits)).value_or(0);
  const bool has_minor = digits + 1 < model.size() && model[digits] == '.';
  const std::uint64_t minor = has_minor ? parse_number(model.substr(digits + 1, 1)).value_or(0) : 0;
  return major * 10 + minor;
}

/// The newest large models cannot be kept from reasoning.
bool always_reasons(std::string_view model) {
  const bool is_sol = model.find("sol") != std::string_view::npos && generation_of(model) >= 61;
  return is_sol || model.find("astra") != std::string_view::npos;
}

}  // namespace

bool is_reasoning_model(std::string_view model) {
  if (model.find("-chat") != std::string_view::npos) return false;
  if (model.size() >= 2 && model[0] == 'o' && model[1] >= '0' && model[1] <= '9') return true;
  return generation_of(model) >= 50;
}

std::vector<std::string> efforts_of(std::string_view model) {
  const std::uint64_t generation = generation_of(model);
  std::vector<std::string> efforts{"low", "medium", "high"};
  if (generation == 50) efforts.insert(efforts.begin(), "minimal");
  if (generation >= 51 && !always_reasons(model)) efforts.insert(efforts.begin(), "none");
  if (generation >= 52) efforts.emplace_back("xhigh");
  if (generation >= 56) efforts.emplace_back("max");
  return efforts;
}

bool takes_sampling(std::string_view model, std::string_view effort) {
  if (!is_reasoning_model(model)) return true;
  const std::uint64_t generation = generation_of(model);
  if (generation < 51 || always_reasons(model)) return false;
  return effort == "none" || (effort.empty() && generation == 51);
}

}  // namespace antiphon::inline v0::simulator
