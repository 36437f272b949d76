#include "chat/provider_address.hpp"

#include <algorithm>
#include <utility>

#include "chat/vertex_address.hpp"
#include "core/environment.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::detail {

namespace {

Error wrong(const std::string& message) { return Error(ErrorKind::invalid_config, message).where("base_url"); }

std::string checked(std::string url, const std::string& from) {
  while (url.ends_with('/')) url.pop_back();
  const std::size_t start = codec::web_scheme_length(url);
  if (start == 0) throw wrong(from + "\"" + url + "\" does not begin with http:// or https://");
  const std::string_view authority = std::string_view(url).substr(start, url.find_first_of("/?#", start) - start);
  if (authority.empty()) throw wrong(from + "\"" + url + "\" names no host");
  if (authority.find('@') != authority.npos) {
    throw wrong(from + "a URL must not hold a user name or password; use api_key or header");
  }
  if (url.find_first_of("?#") != url.npos) {
    throw wrong(from + "a base URL must not hold ? or #; the path of the call is put behind it");
  }
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 0x7f) {
      throw wrong(from + "\"" + url + "\" holds a blank or a character that is not ASCII; encode it (punycode, %20)");
    }
  }
  return url;
}

/// `127.0.0.1`, `:8000`, `host:8000/path`, with what is missing.
std::string with_scheme(std::string_view text, std::size_t port) {
  const std::size_t path = std::min(text.find('/'), text.size());
  std::string host(text.substr(0, path));
  const std::size_t bracket = host.find(']');
  const bool has_port = host.find(':', bracket == host.npos ? 0 : bracket) != host.npos;
  if (!has_port) host += ":" + std::to_string(port);
  if (host.front() == ':') host.insert(0, "localhost");
  return "http://" + host + std::string(text.substr(path));
}

/// What the provider's own programs read; empty when it is not set.
std::string from_environment(const codec::Preset& preset) {
  if (preset.url_variable.empty()) return {};
  std::string url = process_environment()(preset.url_variable);
  if (url.empty()) return {};
  if (preset.url_port != 0 && url.find("://") == url.npos) url = with_scheme(url, preset.url_port);
  const std::size_t path = url.find('/', codec::web_scheme_length(url));
  const bool bare = path == url.npos || url.find_first_not_of('/', path) == url.npos;
  return bare && !preset.url_path.empty() ? url.substr(0, path) + preset.url_path : url;
}

}  // namespace

namespace {

ProviderAddress decide_vertex_address(const ModelConfig& config, const codec::Preset& preset) {
  const bool users_own = !config.base_url().empty();
  const std::string from = users_own ? "" : preset.url_variable + ": ";
  const std::string given = users_own ? config.base_url() : from_environment(preset);
  const std::string url = given.empty() ? given : checked(given, from);
  const bool has_key = !config.api_key().empty();
  return {vertex_address(url, preset, has_key, config.authenticator().get(), process_environment()), users_own};
}

}  // namespace

ProviderAddress decide_address(const ModelConfig& config, const codec::Preset& preset) {
  if (preset.key_style == codec::KeyStyle::google) return decide_vertex_address(config, preset);
  if (!config.base_url().empty()) return {checked(config.base_url(), ""), true};
  if (std::string url = from_environment(preset); !url.empty()) {
    return {checked(std::move(url), preset.url_variable + ": "), !preset.base_url.empty()};
  }
  if (preset.base_url.empty()) {
    throw wrong(preset.name + " has no address of its own: set " + preset.url_variable +
                " in the environment or call ModelConfig::base_url");
  }
  return {checked(preset.base_url, ""), false};
}

}  // namespace antiphon::inline v0::detail
