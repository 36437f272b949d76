#include "pipeline/redirect.hpp"

#include "core/ascii.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

bool has_scheme(std::string_view reference) {
  const std::size_t colon = reference.find(':');
  return colon != reference.npos && colon < reference.find_first_of("/?");
}

std::string resolved(const codec::UrlParts& base, std::string_view reference) {
  if (has_scheme(reference)) return std::string(reference);
  std::string url = std::string(base.scheme) + ":";
  if (reference.starts_with("//")) return url.append(reference);
  url.append("//").append(base.authority);
  if (reference.starts_with('/')) return url.append(reference);
  if (reference.starts_with('?')) return url.append(base.path).append(reference);
  const std::string_view folder = base.path.substr(0, base.path.rfind('/') + 1);
  return url.append(folder.empty() ? "/" : folder).append(reference);
}

}  // namespace

std::optional<std::string> redirect_target(std::string_view from, std::string_view location) {
  location = ascii::trim(location);
  location = location.substr(0, location.find('#'));
  const std::optional<codec::UrlParts> base = codec::split_url(from);
  if (!base || location.empty()) return std::nullopt;
  std::string url = resolved(*base, location);
  const std::optional<codec::UrlParts> target = codec::split_url(url);
  if (!target) return std::nullopt;
  const bool is_less_safe =
      ascii::equal_ignoring_case(base->scheme, "https") && ascii::equal_ignoring_case(target->scheme, "http");
  if (is_less_safe) return std::nullopt;
  return url;
}

}  // namespace antiphon::inline v0::pipeline
