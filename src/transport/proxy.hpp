#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "transport/url.hpp"

namespace antiphon::inline v0::transport {

/// The proxy settings of the environment, as curl reads them: `http_proxy` (lower case only), `https_proxy`,
/// `all_proxy`, `no_proxy`, each also in capitals but the first.
///
/// We choose the proxy ourselves, because names are looked up before libcurl is asked (see `Resolver`), and which
/// name that is depends on the proxy.
class ProxyEnvironment {
 public:
  ProxyEnvironment() = default;
  static ProxyEnvironment read();

  /// Empty: go directly.
  std::string choose(const Origin& origin) const;

  std::string http;
  std::string https;
  std::string all;
  std::string none_for;
};

/// Written without a scheme it is an HTTP proxy, as everywhere. Empty stays empty.
std::string with_scheme(std::string proxy);

/// Where a proxy is; nothing when libcurl cannot use it. Without a scheme it is an HTTP proxy, without a port it is
/// 1080 (443 for `https`), as curl has it.
std::optional<Origin> parse_proxy(std::string_view url);

/// Whether `no_proxy` lists this host: names match themselves and what is below them, `*` matches all, networks are
/// written `10.0.0.0/8`.
bool excluded_from_proxy(std::string_view no_proxy, const Origin& origin);

}  // namespace antiphon::inline v0::transport
