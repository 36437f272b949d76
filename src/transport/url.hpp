#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::transport {

/// The parts of a URL that decide where a connection goes.
struct Origin {
  std::string scheme;  ///< lower case
  std::string host;    ///< lower case, without brackets
  std::uint16_t port = 0;
  bool has_port = false;  ///< it stands in the URL

  bool numeric = false;   ///< the host is an IPv4 or IPv6 address
};

/// Nothing when this is no absolute URL with a host, or its port is no port.
std::optional<Origin> parse_origin(std::string_view url);

}  // namespace antiphon::inline v0::transport
