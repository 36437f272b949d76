#include "providers/domain.hpp"

#include <algorithm>

#include "core/ascii.hpp"

namespace antiphon::inline v0::codec {

bool is_in_domain(std::string_view url, std::string_view domain) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return false;
  std::string_view host = url.substr(scheme + 3);
  const auto ends_host = [](char c) { return c == ':' || c == '/' || c == '?' || c == '#'; };
  host = std::string_view(host.begin(), std::find_if(host.begin(), host.end(), ends_host));
  if (ascii::equal_ignoring_case(host, domain)) return true;
  return host.size() > domain.size() && host[host.size() - domain.size() - 1] == '.' &&
         ascii::equal_ignoring_case(host.substr(host.size() - domain.size()), domain);
}

}  // namespace antiphon::inline v0::codec
