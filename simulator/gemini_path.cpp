#include "gemini_path.hpp"

#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

bool is_version(std::string_view text) {
  return text == "v1" || text == "v1beta" || text == "v1alpha" || text == "v1beta1";
}

}  // namespace

std::optional<GeminiPath> gemini_path(std::string_view path) {
  constexpr std::string_view models = "/models";
  constexpr std::string_view publisher = "/publishers/google";
  const auto at = path.find(models);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view before = path.substr(0, at);
  std::string_view rest = path.substr(at + models.size());
  if (!rest.empty() && rest.front() != '/') return std::nullopt;
  GeminiPath found;
  found.is_vertex = before.ends_with(publisher);
  const auto version_end = before.find('/', 1);
  const std::string_view version = before.substr(0, version_end).substr(before.empty() ? 0 : 1);
  const bool is_plain = version_end == std::string_view::npos;
  if (!is_version(version) || (!is_plain && !found.is_vertex)) return std::nullopt;
  if (rest.empty()) return found;
  const std::string name = percent_decoded(rest.substr(1));
  const auto colon = name.rfind(':');
  found.model = name.substr(0, colon);
  if (colon != std::string::npos) found.method = name.substr(colon + 1);
  return found;
}

}  // namespace antiphon::inline v0::simulator
