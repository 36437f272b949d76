#pragma once

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

/// Whether `no_proxy` lists this host: names match themselves and what is below them, `*` matches all, networks are
/// written `10.0.0.0/8`.
bool excluded_from_proxy(std::string_view no_proxy, const Origin& origin);

}  // namespace antiphon::inline v0::transport
