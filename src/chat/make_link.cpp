#include "chat/make_link.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include <antiphon/catalogue.hpp>

#include "chat/provider_address.hpp"
#include "core/ascii.hpp"
#include "core/environment.hpp"
#include "pipeline/retry_decision.hpp"
#include "pipeline/timeout_settings.hpp"
#include "providers/aws_region.hpp"
#include "providers/beside_body.hpp"
#include "providers/codec.hpp"
#include "providers/header_key.hpp"
#include "providers/key_style.hpp"
#include "providers/provider_rows.hpp"
#include "transport/proxy.hpp"

namespace antiphon::inline v0::detail {

namespace {

Error wrong(const char* where, std::string message) {
  return Error(ErrorKind::invalid_config, std::move(message)).where(where);
}

void refuse(const char* where, std::string fault) {
  if (!fault.empty()) throw wrong(where, std::move(fault));
}

void check_beside_body(const ModelConfig& config) {
  for (const auto& [name, value] : config.headers()) refuse("header", codec::header_fault(name, value));
  for (const auto& [name, value] : config.query_fields()) refuse("query", codec::query_fault(name, value));
}

/// The key to use: the one given, or the provider's variable. A server of the user's own needs none.
ApiKey find_key(const ModelConfig& config, const codec::Preset& preset, bool own_server) {
  if (config.api_key().is_none()) return config.api_key();
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
  const ApiKey from_environment = ApiKey::environment(preset.key_variable);
  try {
    return ApiKey(from_environment.reveal());
  } catch (const Error&) {
    if (own_server || !preset.key_needed) return ApiKey();
    throw wrong("api_key", "no key: set " + preset.key_variable + " in the environment or call ModelConfig::api_key");
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

ApiKey decide_key(const ModelConfig& config, const codec::Preset& preset, bool own_server, MissingKey missing_key) {
  try {
    return find_key(config, preset, own_server);
  } catch (const Error&) {
    if (missing_key == MissingKey::left_out) return ApiKey();
    throw;
  }
}

/// Headers of the row that the user does not want otherwise.
void add_headers(ModelConfig& config, const codec::Preset& preset) {
  for (const auto& [name, value] : preset.headers) {
    const auto& own = config.headers();
    const bool wanted = std::none_of(
        own.begin(), own.end(), [&](const auto& header) { return ascii::equal_ignoring_case(header.first, name); });
    if (wanted) config.header(name, value);
  }
}

std::shared_ptr<Authenticator> make_authenticator(ApiKey key, const codec::Preset& preset,
                                                  const ProviderAddress& address, MissingKey missing_key) {
  if (!preset.key_header.empty()) {
    return std::make_shared<codec::HeaderKeyAuthenticator>(preset.key_header, "", std::move(key));
  }
  const bool may_be_none = address.users_own && !codec::is_clouds_own(preset.key_style, address.base_url);
  const auto none = may_be_none || missing_key == MissingKey::left_out ? codec::NoCredentials::left_out
                                                                       : codec::NoCredentials::refused;
  return codec::make_authenticator(preset.key_style, std::move(key), process_environment(), none);
}

}  // namespace

ProviderRow known_row(const ProviderId& provider) {
  if (codec::RowBody row = codec::find_row(provider.name())) return ProviderRow(std::move(row));
  std::string known;
  for (const ProviderRow& row : known_providers()) known += (known.empty() ? "" : ", ") + row.name();
  throw wrong("provider", "unknown provider \"" + provider.name() + "\"; known are " + known);
}

pipeline::Link make_link(ModelConfig config, MissingKey missing_key) {
  // The link keeps the row, and so what it points to.
  if (!config.provider_row()) config.provider_row(known_row(config.provider()));
  const codec::Preset& preset = config.provider_row()->body()->preset;
  if (config.model().empty()) throw wrong("model", "the model has no name");
  ProviderAddress address = decide_address(config, preset);
  check_beside_body(config);
  check_proxy(config);
  add_headers(config, preset);
  if (config.max_response_bytes() == 0) throw wrong("max_response_bytes", "must be at least 1");
  check_settings(config);
  std::shared_ptr<Authenticator> authenticator = config.authenticator();
  if (!authenticator) {
    config.api_key(decide_key(config, preset, address.users_own, missing_key));
    authenticator = make_authenticator(config.api_key(), preset, address, missing_key);
  }
  address.base_url = codec::fill_region(std::move(address.base_url), *authenticator, process_environment());
  if (missing_key == MissingKey::refused && address.base_url.find(codec::region_mark) != std::string::npos) {
    throw wrong("region", "no region: set AWS_REGION, call AwsCredentials::region, or name it in base_url");
  }
  codec::Target target{&preset, config.model(), std::move(address.base_url)};
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

pipeline::EndpointKey endpoint_key(const pipeline::Link& link) {
  const auto address = [](const void* pointer) { return std::to_string(reinterpret_cast<std::uintptr_t>(pointer)); };
  if (link.model) return {"model " + address(link.model.get()), link.model};
  // Credentials that change, or that we do not see, are those of whoever shares what gives them.
  const ApiKey& key = link.config.api_key();
  std::shared_ptr<const void> giver = link.config.authenticator();
  if (!giver) giver = key.callback();
  if (giver) return {link.target.base_url + " by " + address(giver.get()), giver};
  const std::string value = key.empty() ? std::string() : key.reveal();
  return {link.target.base_url + " with " + std::to_string(std::hash<std::string>()(value))};
}

}  // namespace antiphon::inline v0::detail
