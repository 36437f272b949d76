// Addresses that come with settings, answers and messages: what we take for the host is what libcurl connects to, and
// where a server sends on to is an address as well.

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

#include "core/ascii.hpp"
#include "core/ip_address.hpp"
#include "input.hpp"
#include "pipeline/redirect.hpp"
#include "providers/domain.hpp"
#include "providers/percent.hpp"
#include "providers/url_parts.hpp"
#include "require.hpp"
#include "transport/proxy.hpp"
#include "transport/url.hpp"

namespace {

using namespace antiphon;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};

/// The host as libcurl reads it, without brackets; nothing when it reads no URL.
std::optional<std::string> host_of_curl(const std::string& text) {
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) return std::nullopt;
  char* found = nullptr;
  if (curl_url_get(url.get(), CURLUPART_HOST, &found, 0) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, FreeText> owner(found);
  std::string host(found);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return ascii::to_lower(host);
}

/// Numbers, addresses and escapes that libcurl writes anew are seen by `may_be_public`.
bool written_anew(std::string_view host) { return host.find_first_of("%:") != host.npos || !ip::may_be_public(host); }

void check_host(const std::string& url, const codec::UrlParts& parts) {
  const std::string host = ascii::to_lower(parts.host());
  const auto origin = transport::parse_origin(url);
  if (origin) require(origin->host == host || host.find_first_of("[]") != host.npos);
  const auto theirs = host_of_curl(url);
  if (theirs && origin && !written_anew(host)) require(*theirs == host);
}

void check(const std::string& url) {
  const auto parts = codec::split_url(url);
  if (!parts) return;
  check_host(url, *parts);
  require(!parts->host().empty() && parts->host_header().size() <= parts->authority.size());
  if (parts->is_loopback()) require(!ip::is_public_address(parts->host()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  const std::string text(input.rest());
  check(text);
  check("https://" + text);
  for (const char* from : {"https://a.example/b/c?d", "http://a.example"}) {
    const auto target = pipeline::redirect_target(from, text);
    if (!target) continue;
    require(codec::split_url(*target).has_value());
    check(*target);
  }
  if (codec::is_in_domain(text, "example.com")) require(ascii::to_lower(text).find("example.com") != text.npos);
  if (const auto proxy = transport::parse_proxy(text)) require(proxy->port != 0 && !proxy->host.empty());
  const auto origin = transport::parse_origin("https://api.example.com:8443/v1");
  [[maybe_unused]] const bool direct = transport::excluded_from_proxy(text, *origin);
  require(codec::percent_decoded(codec::percent_encoded(text)) == text);
  return 0;
}
