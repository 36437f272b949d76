#include "transport/url.hpp"

#include <arpa/inet.h>

#include <charconv>

#include "core/ascii.hpp"

namespace antiphon::inline v0::transport {

namespace {

bool is_numeric(const std::string& host) {
  unsigned char address[16];
  return inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
}

std::uint16_t default_port(std::string_view scheme) {
  if (scheme == "https") return 443;
  if (scheme.starts_with("socks")) return 1080;
  return 80;
}

}  // namespace

std::optional<Origin> parse_origin(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  Origin origin;
  origin.scheme = ascii::to_lower(url.substr(0, colon));
  std::string_view authority = url.substr(colon + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);

  std::string_view host = authority;
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) return std::nullopt;
  } else if (const auto last = authority.rfind(':'); last != std::string_view::npos) {
    host = authority.substr(0, last);
    port = authority.substr(last);
  }
  if (host.empty()) return std::nullopt;
  origin.host = ascii::to_lower(host);
  origin.numeric = is_numeric(origin.host);
  origin.port = default_port(origin.scheme);
  if (port.size() > 1) {
    const char* end = port.data() + port.size();
    const auto [stop, error] = std::from_chars(port.data() + 1, end, origin.port);
    if (error != std::errc() || stop != end || origin.port == 0) return std::nullopt;
    origin.has_port = true;
  }
  return origin;
}

}  // namespace antiphon::inline v0::transport
