#include "chat/make_link.hpp"

#include <cstdlib>
#include <memory>
#include <string>

#include "core/ascii.hpp"
#include "core/environment.hpp"
#include "pipeline/retry_decision.hpp"
#include "pipeline/timeout_settings.hpp"
#include "providers/codec.hpp"
#include "providers/key_style.hpp"
#include "transport/proxy.hpp"

namespace antiphon::inline v0::detail {

namespace {

Error wrong(const char* where, std::string message) {
  return Error(ErrorKind::invalid_config, std::move(message)).where(where);
}

std::string checked_url(std::string url, const char* where) {
  while (url.ends_with('/')) url.pop_back();
  const std::string lower = ascii::to_lower(url);
  const std::size_t start = lower.starts_with("http://") ? 7 : lower.starts_with("https://") ? 8 : 0;
  if (start == 0) throw wrong(where, "\"" + url + "\" does not begin with http:// or https://");
  const std::string_view authority = std::string_view(url).substr(start, url.find_first_of("/?#", start) - start);
  if (authority.empty()) throw wrong(where, "\"" + url + "\" names no host");
  if (authority.find('@') != authority.npos) {
    throw wrong(where, "a URL must not hold a user name or password; use api_key or header");
  }
  if (url.find_first_of("?#") != url.npos) {
    throw wrong(where, "a base URL must not hold ? or #; the path of the call is put behind it");
  }
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 0x7f) {
      throw wrong(where, "\"" + url + "\" holds a blank or a character that is not ASCII; encode it (punycode, %20)");
    }
  }
  return url;
}

void check_headers(const ModelConfig& config) {
  for (const auto& [name, value] : config.headers()) {
    if (name.empty() || name.find_first_of(std::string_view(": \r\n\0", 5)) != std::string::npos) {
      throw wrong("header", "\"" + name + "\" is not a header name");
    }
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      throw wrong("header", "the value of " + name + " holds a line break");
    }
  }
}

/// The variable that the provider's own programs read; `OLLAMA_HOST` may lack scheme and port.
std::string url_from_environment(const codec::Preset& preset) {
  const char* value = preset.url_variable.empty() ? nullptr : std::getenv(std::string(preset.url_variable).c_str());
  if (!value || !*value) return {};
  std::string url = value;
  if (url.find("://") != std::string::npos) return url;
  if (url.find(':') == std::string::npos) url += ":11434";
  return "http://" + url;
}

/// The key to use: the one given, or the provider's variable. A server of the user's own needs none.
ApiKey decide_key(const ModelConfig& config, const codec::Preset& preset) {
  if (config.api_key().is_none()) return config.api_key();
  const bool own_server = !config.base_url().empty();
  if (!config.api_key().empty()) {
    const std::string variable = config.api_key().variable();
    if (variable.empty()) return config.api_key();
    try {
      return ApiKey(config.api_key().reveal());
    } catch (const Error& error) {
      throw wrong("api_key", error.message());
    }
  }
  if (preset.key_variable.empty()) return ApiKey();
  const ApiKey from_environment = ApiKey::environment(std::string(preset.key_variable));
  try {
    return ApiKey(from_environment.reveal());
  } catch (const Error&) {
    if (own_server) return ApiKey();
    throw wrong("api_key", std::string("no key: set ") + std::string(preset.key_variable) +
                               " in the environment or call ModelConfig::api_key");
  }
}

/// The URL may hold a password, so the message does not show it.
void check_proxy(const ModelConfig& config) {
  if (!config.proxy() || config.proxy()->empty() || transport::parse_proxy(*config.proxy())) return;
  throw wrong("proxy", "not a proxy URL: http, https, socks4, socks4a, socks5 or socks5h, :// and a host");
}

void check_settings(const ModelConfig& config) {
  pipeline::decide_timeouts(Timeouts(), config.timeouts());
  pipeline::check(config.retry_config());
  const auto require_some = [](const std::optional<std::int64_t>& limit, const char* name) {
    if (limit && *limit < 1) throw wrong(name, "must be at least 1; leave it out for no limit");
  };
  require_some(config.limits().max_concurrent(), "limits.max_concurrent");
  require_some(config.limits().requests_per_minute(), "limits.requests_per_minute");
  require_some(config.limits().tokens_per_minute(), "limits.tokens_per_minute");
}

ApiKey decide_key(const ModelConfig& config, const codec::Preset& preset, MissingKey missing_key) {
  try {
    return decide_key(config, preset);
  } catch (const Error&) {
    if (missing_key == MissingKey::left_out) return ApiKey();
    throw;
  }
}

}  // namespace

const codec::Preset& known_preset(const ProviderId& provider) {
  if (const codec::Preset* preset = codec::find_preset(provider.name())) return *preset;
  std::string known;
  for (const std::string& name : codec::preset_names()) known += (known.empty() ? "" : ", ") + name;
  throw wrong("provider", "unknown provider \"" + provider.name() + "\"; known are " + known);
}

pipeline::Link make_link(ModelConfig config, MissingKey missing_key) {
  const codec::Preset& preset = known_preset(config.provider());
  if (config.model().empty()) throw wrong("model", "the model has no name");
  if (config.base_url().empty()) config.base_url(url_from_environment(preset));
  const bool own_server = !config.base_url().empty();
  std::string base_url =
      checked_url(config.base_url().empty() ? std::string(preset.base_url) : config.base_url(), "base_url");
  check_headers(config);
  check_proxy(config);
  if (config.max_response_bytes() == 0) throw wrong("max_response_bytes", "must be at least 1");
  check_settings(config);
  std::shared_ptr<Authenticator> authenticator = config.authenticator();
  if (!authenticator) {
    config.api_key(decide_key(config, preset, missing_key));
    const bool may_be_none = own_server && !codec::is_clouds_own(preset.key_style, base_url);
    authenticator =
        codec::make_authenticator(preset.key_style, config.api_key(), process_environment(),
                                  may_be_none || missing_key == MissingKey::left_out ? codec::NoCredentials::left_out
                                                                                     : codec::NoCredentials::refused);
  }
  codec::Target target{&preset, config.model(), std::move(base_url)};
  std::string name = config.provider().name() + "/" + config.model();
  return pipeline::Link{.name = std::move(name),
                        .config = std::move(config),
                        .target = std::move(target),
                        .codec = codec::find_codec(preset.protocol),
                        .authenticator = std::move(authenticator)};
}

pipeline::Link make_link(ModelConfig config, std::shared_ptr<Model> model) {
  if (!model) throw wrong("model", "there is no model");
  if (config.model().empty()) throw wrong("model", "the model has no name");
  check_settings(config);
  std::string name = config.provider().name() + "/" + config.model();
  return pipeline::Link{.name = std::move(name),
                        .config = std::move(config),
                        .target = {},
                        .codec = nullptr,
                        .authenticator = nullptr,
                        .model = std::move(model)};
}

std::string endpoint_name(const pipeline::Link& link) {
  const auto address = [](const void* pointer) { return std::to_string(reinterpret_cast<std::uintptr_t>(pointer)); };
  if (link.model) return "model " + address(link.model.get());
  // Credentials that change, or that we do not see, are those of this one provider.
  const ApiKey& key = link.config.api_key();
  if (link.config.authenticator() || key.is_callback()) {
    return link.target.base_url + " by " + address(link.authenticator.get());
  }
  const std::string value = key.empty() ? std::string() : key.reveal();
  return link.target.base_url + " with " + std::to_string(std::hash<std::string>()(value));
}

}  // namespace antiphon::inline v0::detail
