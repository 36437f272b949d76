#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <antiphon/authenticator.hpp>
#include <antiphon/export.hpp>
#include <antiphon/http.hpp>
#include <antiphon/limits.hpp>
#include <antiphon/options.hpp>
#include <antiphon/provider_row.hpp>
#include <antiphon/retry.hpp>
#include <antiphon/timeouts.hpp>
#include <antiphon/tls_options.hpp>

namespace antiphon::inline v0 {

/// Name of a provider: `openai`, `ollama`, or another row of `known_providers()`.
class ProviderId {
 public:
  ProviderId(std::string name) : name_(std::move(name)) {}
  ProviderId(std::string_view name) : name_(name) {}
  ProviderId(const char* name) : name_(name) {}

  const std::string& name() const { return name_; }
  friend bool operator==(const ProviderId&, const ProviderId&) = default;

 private:
  std::string name_;
};

namespace providers {
inline constexpr std::string_view openai = "openai";
inline constexpr std::string_view openai_responses = "openai-responses";
inline constexpr std::string_view azure = "azure";
inline constexpr std::string_view azure_responses = "azure-responses";
inline constexpr std::string_view anthropic = "anthropic";
inline constexpr std::string_view gemini = "gemini";
inline constexpr std::string_view vertex = "vertex";
inline constexpr std::string_view anthropic_vertex = "anthropic-vertex";
inline constexpr std::string_view ollama = "ollama";
inline constexpr std::string_view bedrock = "bedrock";
inline constexpr std::string_view bedrock_anthropic = "bedrock-anthropic";
inline constexpr std::string_view cohere = "cohere";
}  // namespace providers

/// A secret, or where to get it. It is never printed; `operator<<` writes `***`.
class ANTIPHON_EXPORT ApiKey {
 public:
  using Callback = std::function<std::string()>;

  ApiKey() = default;
  ApiKey(std::string value) : source_(std::move(value)) {}
  ApiKey(const char* value) : source_(std::string(value)) {}
  /// Asked before every attempt, on the engine's thread: it must not block.
  template <class F>
    requires std::is_invocable_r_v<std::string, F&>
  ApiKey(F callback) : source_(Callback(std::move(callback))) {}
  /// Read from the environment when the provider is created.
  static ApiKey environment(std::string variable);
  /// No key at all, even when the provider's own variable holds one.
  static ApiKey none();

  bool empty() const { return std::holds_alternative<std::monostate>(source_) || is_none(); }
  bool is_none() const { return std::holds_alternative<None>(source_); }
  bool is_callback() const { return std::holds_alternative<Callback>(source_); }
  /// The key now. Throws `Error{authentication}` when the variable is not set or the callback throws.
  std::string reveal() const;
  /// Name of the variable, for a key that comes from the environment.
  std::string variable() const;

 private:
  struct Environment {
    std::string variable;
  };
  struct None {};
  std::variant<std::monostate, std::string, Callback, Environment, None> source_;
};

ANTIPHON_EXPORT std::ostream& operator<<(std::ostream& out, const ApiKey& key);

/// Which model to talk to, and how to reach it.
class ModelConfig {
 public:
  ModelConfig(std::string model, ProviderId provider) : model_(std::move(model)), provider_(std::move(provider)) {}
  /// A provider by its row, one of yours for example.
  ModelConfig(std::string model, ProviderRow row)
      : model_(std::move(model)), provider_(row.name()), row_(std::move(row)) {}

  /// Another provider, by its row.
  ModelConfig& provider_row(ProviderRow row) {
    provider_ = ProviderId(row.name());
    return row_ = std::move(row), *this;
  }
  /// Where the provider lives, as its own SDK takes it: OpenAI with `/v1`, Ollama without. `http` or `https`.
  /// Default: the variable that the provider's own programs read (`OPENAI_BASE_URL`, `OLLAMA_HOST`), else its address.
  ModelConfig& base_url(std::string url) { return base_url_ = std::move(url), *this; }
  /// A value, a callback, `ApiKey::environment("NAME")` or `ApiKey::none()`. Default: the provider's own variable
  /// (`OPENAI_API_KEY`). With a `base_url` of yours a missing key is no error: the request goes out without one.
  ModelConfig& api_key(ApiKey key) { return api_key_ = std::move(key), *this; }
  /// A header of every request; it replaces ours of the same name.
  ModelConfig& header(std::string name, std::string value) {
    return headers_.emplace_back(std::move(name), std::move(value)), *this;
  }
  /// A field of the query of every request's URL.
  ModelConfig& query(std::string name, std::string value) {
    return query_.emplace_back(std::move(name), std::move(value)), *this;
  }
  /// Proxy URL (`http://`, `https://`, `socks5h://`, with user and password if it needs them); empty for none.
  /// Default: `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` of the environment.
  ModelConfig& proxy(std::string url) { return proxy_ = std::move(url), *this; }
  ModelConfig& timeouts(Timeouts value) { return timeouts_ = std::move(value), *this; }
  ModelConfig& tls(TlsOptions value) { return tls_ = std::move(value), *this; }
  ModelConfig& http_version(HttpVersion value) { return http_version_ = value, *this; }
  /// Upper limit of a whole answer, and of one event of a stream, in bytes after decompression. Default 64 MiB.
  ModelConfig& max_response_bytes(std::size_t value) { return max_response_bytes_ = value, *this; }
  /// What is tried again when it failed, and how. Default: see `RetryConfig`.
  ModelConfig& retry_config(RetryConfig value) { return retry_ = std::move(value), *this; }
  /// How much may be sent to this provider with this key. Default: no limits.
  ModelConfig& limits(Limits value) { return limits_ = value, *this; }
  /// Options of every call to this model; what a call sets wins, each option by itself. Throws
  /// `Error{invalid_config}` that names the option when the provider is created and a value is wrong.
  ModelConfig& options(Options value) { return options_ = std::move(value), *this; }
  /// Your own credentials in place of the key.
  ModelConfig& authenticator(std::shared_ptr<Authenticator> value) { return authenticator_ = std::move(value), *this; }

  const std::string& model() const { return model_; }
  const ProviderId& provider() const { return provider_; }
  /// Nothing for a provider by name alone.
  const std::optional<ProviderRow>& provider_row() const { return row_; }
  const std::string& base_url() const { return base_url_; }
  const ApiKey& api_key() const { return api_key_; }
  const std::vector<std::pair<std::string, std::string>>& headers() const { return headers_; }
  const std::vector<std::pair<std::string, std::string>>& query_fields() const { return query_; }
  const std::optional<std::string>& proxy() const { return proxy_; }
  const Timeouts& timeouts() const { return timeouts_; }
  const TlsOptions& tls() const { return tls_; }
  HttpVersion http_version() const { return http_version_; }
  std::size_t max_response_bytes() const { return max_response_bytes_; }
  const RetryConfig& retry_config() const { return retry_; }
  const Limits& limits() const { return limits_; }
  const std::optional<Options>& options() const { return options_; }
  const std::shared_ptr<Authenticator>& authenticator() const { return authenticator_; }

 private:
  std::string model_;
  ProviderId provider_;
  std::optional<ProviderRow> row_;
  std::string base_url_;
  ApiKey api_key_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::vector<std::pair<std::string, std::string>> query_;
  std::optional<std::string> proxy_;
  Timeouts timeouts_;
  TlsOptions tls_;
  HttpVersion http_version_ = HttpVersion::automatic;
  std::size_t max_response_bytes_ = std::size_t{64} << 20;
  RetryConfig retry_;
  Limits limits_;
  std::optional<Options> options_;
  std::shared_ptr<Authenticator> authenticator_;
};

}  // namespace antiphon::inline v0
