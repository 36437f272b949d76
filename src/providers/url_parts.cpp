#include "providers/url_parts.hpp"

#include <algorithm>

#include "core/ascii.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// Where the port begins, with its colon; the end when there is none.
std::size_t port_at(std::string_view authority) {
  const auto colon = authority.rfind(':');
  const auto bracket = authority.rfind(']');
  const bool inside = colon != authority.npos && bracket != authority.npos && colon < bracket;
  return colon == authority.npos || inside ? authority.size() : colon;
}

}  // namespace

std::size_t web_scheme_length(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (ascii::equal_ignoring_case(text.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

std::string_view UrlParts::host() const {
  std::string_view name = authority.substr(0, port_at(authority));
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  return name;
}

std::string_view UrlParts::host_header() const {
  const std::size_t at = port_at(authority);
  const std::string_view port = authority.substr(at);
  const bool usual = port == ":" || port == (ascii::equal_ignoring_case(scheme, "https") ? ":443" : ":80");
  return usual ? authority.substr(0, at) : authority;
}

bool UrlParts::is_loopback() const {
  const std::string_view name = host();
  if (ascii::equal_ignoring_case(name, "localhost") || name == "::1") return true;
  return name.starts_with("127.") && std::count(name.begin(), name.end(), '.') == 3 &&
         name.find_first_not_of("0123456789.") == name.npos;
}

std::optional<UrlParts> split_url(std::string_view url) {
  const bool has_blank = std::any_of(url.begin(), url.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7f;
  });
  const std::size_t start = web_scheme_length(url);
  if (has_blank || start == 0) return std::nullopt;
  UrlParts parts;
  parts.scheme = url.substr(0, url.find(':'));
  std::string_view rest = url.substr(start);
  rest = rest.substr(0, rest.find('#'));
  const std::string_view before_query = rest.substr(0, rest.find('?'));
  if (before_query.size() < rest.size()) parts.query = rest.substr(before_query.size() + 1);
  parts.authority = before_query.substr(0, before_query.find('/'));
  parts.path = before_query.substr(parts.authority.size());
  if (parts.host().empty() || parts.authority.find('@') != parts.authority.npos) return std::nullopt;
  return parts;
}

}  // namespace antiphon::inline v0::codec
