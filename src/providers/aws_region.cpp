#include "providers/aws_region.hpp"

#include <utility>

#include "core/ascii.hpp"
#include "providers/aws_authenticator.hpp"
#include "providers/aws_profile.hpp"
#include "providers/told_authenticator.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

class InRegion final : public ToldAuthenticator {
 public:
  using ToldAuthenticator::ToldAuthenticator;
};

}  // namespace

std::shared_ptr<Authenticator> in_region(std::shared_ptr<Authenticator> authenticator, std::string region) {
  if (!authenticator || region.empty()) return authenticator;
  return std::make_shared<InRegion>(std::move(authenticator), std::move(region));
}

std::string fill_region(std::string base_url, const Authenticator& authenticator, const Environment& environment) {
  if (base_url.find(region_mark) == std::string::npos) return base_url;
  const auto* told = dynamic_cast<const InRegion*>(&authenticator);
  const std::string region = told ? told->told() : default_aws_region("", environment);
  return region.empty() ? base_url : with_region(std::move(base_url), region);
}

std::string with_region(std::string base_url, std::string_view region) {
  const std::size_t mark = base_url.find(region_mark);
  if (mark != std::string::npos) return base_url.replace(mark, region_mark.size(), region);
  const auto parts = split_url(base_url);
  const std::string old = parts ? aws_region_in(ascii::to_lower(parts->host())) : std::string();
  if (old.empty()) return base_url;
  const std::size_t at = ascii::to_lower(base_url).find("." + old + ".");
  return at == std::string::npos ? base_url : base_url.replace(at + 1, old.size(), region);
}

}  // namespace antiphon::inline v0::codec
