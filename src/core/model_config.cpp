#include <antiphon/model_config.hpp>

#include "core/hidden.hpp"

namespace antiphon::inline v0 {

struct ModelConfig::Body {
  std::optional<ProviderRow> row;
  std::string base_url;
  ApiKey api_key;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> query;
  std::optional<std::string> proxy;
  Timeouts timeouts;
  TlsOptions tls;
  HttpVersion http_version = HttpVersion::automatic;
  std::size_t max_response_bytes = std::size_t{64} << 20;
  RetryConfig retry;
  Limits limits;
  std::optional<Options> options;
  std::shared_ptr<Authenticator> authenticator;
};

template class detail::Hidden<ModelConfig::Body>;

ModelConfig::ModelConfig(std::string model, ProviderId provider)
    : model_(std::move(model)), provider_(std::move(provider)) {}

ModelConfig::ModelConfig(std::string model, ProviderRow row) : model_(std::move(model)), provider_(row.name()) {
  body_.edit().row = std::move(row);
}

ModelConfig& ModelConfig::provider_row(ProviderRow row) {
  provider_ = ProviderId(row.name());
  return body_.edit().row = std::move(row), *this;
}

ModelConfig& ModelConfig::base_url(std::string url) { return body_.edit().base_url = std::move(url), *this; }
ModelConfig& ModelConfig::api_key(ApiKey key) { return body_.edit().api_key = std::move(key), *this; }

ModelConfig& ModelConfig::header(std::string name, std::string value) {
  return body_.edit().headers.emplace_back(std::move(name), std::move(value)), *this;
}

ModelConfig& ModelConfig::query(std::string name, std::string value) {
  return body_.edit().query.emplace_back(std::move(name), std::move(value)), *this;
}

ModelConfig& ModelConfig::proxy(std::string url) { return body_.edit().proxy = std::move(url), *this; }
ModelConfig& ModelConfig::timeouts(Timeouts value) { return body_.edit().timeouts = std::move(value), *this; }
ModelConfig& ModelConfig::tls(TlsOptions value) { return body_.edit().tls = std::move(value), *this; }
ModelConfig& ModelConfig::http_version(HttpVersion value) { return body_.edit().http_version = value, *this; }

ModelConfig& ModelConfig::max_response_bytes(std::size_t value) {
  return body_.edit().max_response_bytes = value, *this;
}

ModelConfig& ModelConfig::retry_config(RetryConfig value) { return body_.edit().retry = std::move(value), *this; }
ModelConfig& ModelConfig::limits(Limits value) { return body_.edit().limits = value, *this; }
ModelConfig& ModelConfig::options(Options value) { return body_.edit().options = std::move(value), *this; }

ModelConfig& ModelConfig::authenticator(std::shared_ptr<Authenticator> value) {
  return body_.edit().authenticator = std::move(value), *this;
}

const std::string& ModelConfig::model() const { return model_; }
const ProviderId& ModelConfig::provider() const { return provider_; }
const std::optional<ProviderRow>& ModelConfig::provider_row() const { return body_.read().row; }
const std::string& ModelConfig::base_url() const { return body_.read().base_url; }
const ApiKey& ModelConfig::api_key() const { return body_.read().api_key; }
const std::vector<std::pair<std::string, std::string>>& ModelConfig::headers() const { return body_.read().headers; }
const std::vector<std::pair<std::string, std::string>>& ModelConfig::query_fields() const { return body_.read().query; }
const std::optional<std::string>& ModelConfig::proxy() const { return body_.read().proxy; }
const Timeouts& ModelConfig::timeouts() const { return body_.read().timeouts; }
const TlsOptions& ModelConfig::tls() const { return body_.read().tls; }
HttpVersion ModelConfig::http_version() const { return body_.read().http_version; }
std::size_t ModelConfig::max_response_bytes() const { return body_.read().max_response_bytes; }
const RetryConfig& ModelConfig::retry_config() const { return body_.read().retry; }
const Limits& ModelConfig::limits() const { return body_.read().limits; }
const std::optional<Options>& ModelConfig::options() const { return body_.read().options; }
const std::shared_ptr<Authenticator>& ModelConfig::authenticator() const { return body_.read().authenticator; }

}  // namespace antiphon::inline v0
