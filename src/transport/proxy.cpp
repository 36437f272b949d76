#include "transport/proxy.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "core/ascii.hpp"

namespace antiphon::inline v0::transport {

namespace {

std::string variable(const char* name, const char* capitals) {
  const char* value = std::getenv(name);
  if (!value && capitals) value = std::getenv(capitals);
  return value ? value : "";
}

bool same_prefix(const unsigned char* a, const unsigned char* b, unsigned bits) {
  if (std::memcmp(a, b, bits / 8) != 0) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<unsigned char>(0xff << (8 - bits % 8));
  return ((a[bits / 8] ^ b[bits / 8]) & mask) == 0;
}

bool in_network(std::string_view network, const std::string& host) {
  const auto slash = network.find('/');
  const std::string base(network.substr(0, slash));
  for (const auto& [family, size] : {std::pair(AF_INET, 32U), std::pair(AF_INET6, 128U)}) {
    unsigned char a[16];
    unsigned char b[16];
    if (inet_pton(family, base.c_str(), a) != 1 || inet_pton(family, host.c_str(), b) != 1) continue;
    unsigned bits = size;
    if (slash != std::string_view::npos) {
      const auto digits = network.substr(slash + 1);
      const char* end = digits.data() + digits.size();
      const auto [stop, error] = std::from_chars(digits.data(), end, bits);
      if (error != std::errc() || stop != end || bits > size) return false;
    }
    return same_prefix(a, b, bits);
  }
  return false;
}

bool matches(std::string_view entry, const Origin& origin) {
  if (entry == "*") return true;
  if (in_network(entry, origin.host)) return true;
  if (entry.starts_with('[') && entry.ends_with(']')) return in_network(entry.substr(1, entry.size() - 2), origin.host);
  if (const auto colon = entry.rfind(':'); colon != std::string_view::npos && entry.find(':') == colon) {
    if (entry.substr(colon + 1) != std::to_string(origin.port)) return false;
    entry = entry.substr(0, colon);
  }
  while (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty()) return false;
  const std::string_view host = origin.host;
  if (!host.ends_with(entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

/// Blanks and control characters, as they are or percent-encoded: libcurl refuses some of them with a text that shows
/// the password, and with others it goes without the proxy.
bool has_bytes_of_no_url(std::string_view url) {
  for (std::size_t i = 0; i < url.size(); ++i) {
    int byte = static_cast<unsigned char>(url[i]);
    if (byte <= ' ' || byte >= 0x7f) return true;
    if (byte != '%' || i + 2 >= url.size()) continue;
    const auto [stop, error] = std::from_chars(url.data() + i + 1, url.data() + i + 3, byte, 16);
    if (error == std::errc() && stop == url.data() + i + 3 && (byte < ' ' || byte == 0x7f)) return true;
  }
  return false;
}

}  // namespace

ProxyEnvironment ProxyEnvironment::read() {
  ProxyEnvironment environment;
  environment.http = variable("http_proxy", nullptr);
  environment.https = variable("https_proxy", "HTTPS_PROXY");
  environment.all = variable("all_proxy", "ALL_PROXY");
  environment.none_for = variable("no_proxy", "NO_PROXY");
  return environment;
}

std::string ProxyEnvironment::choose(const Origin& origin) const {
  const std::string& own = origin.scheme == "https" ? https : http;
  const std::string& proxy = own.empty() ? all : own;
  return proxy.empty() || excluded_from_proxy(none_for, origin) ? std::string() : with_scheme(proxy);
}

std::string with_scheme(std::string proxy) {
  return proxy.empty() || proxy.find("://") != std::string::npos ? proxy : "http://" + proxy;
}

std::optional<Origin> parse_proxy(std::string_view url) {
  if (has_bytes_of_no_url(url)) return std::nullopt;
  constexpr std::array<std::string_view, 6> schemes = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
  std::optional<Origin> proxy = parse_origin(with_scheme(std::string(url)));
  if (!proxy || std::find(schemes.begin(), schemes.end(), proxy->scheme) == schemes.end()) return std::nullopt;
  if (!proxy->has_port && proxy->scheme != "https") proxy->port = 1080;
  return proxy;
}

bool excluded_from_proxy(std::string_view no_proxy, const Origin& origin) {
  while (!no_proxy.empty()) {
    const auto end = no_proxy.find_first_of(", ");
    const std::string entry = ascii::to_lower(no_proxy.substr(0, end));
    if (!entry.empty() && matches(entry, origin)) return true;
    if (end == std::string_view::npos) break;
    no_proxy.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace antiphon::inline v0::transport
