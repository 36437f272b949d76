#include "providers/aws_sts.hpp"

#include "core/ascii.hpp"
#include "providers/aws_authenticator.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// China's regions and Europe's own are clouds of their own.
std::string_view domain_of(std::string_view region) {
  if (region.starts_with("cn-")) return "amazonaws.com.cn";
  if (region.starts_with("eusc-")) return "amazonaws.eu";
  return "amazonaws.com";
}

std::string region_of(const AwsSts& sts, std::string_view url) {
  if (!sts.region.empty()) return sts.region;
  const auto parts = split_url(url);
  return parts ? aws_region_in(ascii::to_lower(parts->host())) : std::string();
}

}  // namespace

AwsStsAddress address_of(const AwsSts& sts, std::string_view url) {
  const std::string region = region_of(sts, url);
  AwsStsAddress address{sts.url, region.empty() ? "us-east-1" : region};
  if (!address.url.empty()) return address;
  address.url = "https://sts." + (region.empty() ? std::string() : region + ".") + std::string(domain_of(region)) + "/";
  return address;
}

}  // namespace antiphon::inline v0::codec
