#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/authenticator.hpp>
#include <antiphon/export.hpp>
#include <antiphon/hidden.hpp>
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
  ApiKey(std::string value) : source_(Source::value), text_(std::move(value)) {}
  ApiKey(const char* value) : source_(Source::value), text_(value) {}
  /// Asked before every attempt, on the engine's thread: it must not block.
  template <class F>
    requires std::is_invocable_r_v<std::string, F&>
  ApiKey(F callback) : source_(Source::callback), callback_(shared(std::move(callback))) {}
  /// Read from the environment when the provider is created.
  static ApiKey environment(std::string variable);
  /// No key at all, even when the provider's own variable holds one.
  static ApiKey none();

  bool empty() const { return source_ == Source::unset || is_none(); }
  bool is_none() const { return source_ == Source::none; }
  bool is_callback() const { return source_ == Source::callback; }
  /// All copies of a key have the same one; null when it is none.
  const std::shared_ptr<const Callback>& callback() const { return callback_; }
  /// The key now. Throws `Error{authentication}` when the variable is not set or the callback throws.
  std::string reveal() const;
  /// Name of the variable, for a key that comes from the environment.
  std::string variable() const;

 private:
  enum class Source { unset, value, callback, environment, none };
  static std::shared_ptr<const Callback> shared(Callback callback);

  Source source_ = Source::unset;
  std::string text_;  ///< the key, or the name of its variable
  std::shared_ptr<const Callback> callback_;
};

ANTIPHON_EXPORT std::ostream& operator<<(std::ostream& out, const ApiKey& key);

/// Which model to talk to, and how to reach it.
class ANTIPHON_EXPORT ModelConfig {
 public:
  ModelConfig(std::string model, ProviderId provider);
  /// A provider by its row, one of yours for example.
  ModelConfig(std::string model, ProviderRow row);

  /// Another provider, by its row.
  ModelConfig& provider_row(ProviderRow row);
  /// Where the provider lives, as its own SDK takes it: OpenAI with `/v1`, Ollama without. `http` or `https`.
  /// Default: the variable that the provider's own programs read (`OPENAI_BASE_URL`, `OLLAMA_HOST`), else its address.
  ModelConfig& base_url(std::string url);
  /// A value, a callback, `ApiKey::environment("NAME")` or `ApiKey::none()`. Default: the provider's own variable
  /// (`OPENAI_API_KEY`). With a `base_url` of yours a missing key is no error: the request goes out without one.
  ModelConfig& api_key(ApiKey key);
  /// A header of every request; it replaces ours of the same name.
  ModelConfig& header(std::string name, std::string value);
  /// A field of the query of every request's URL.
  ModelConfig& query(std::string name, std::string value);
  /// Proxy URL (`http://`, `https://`, `socks5h://`, with user and password if it needs them); empty for none.
  /// Default: `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` of the environment.
  ModelConfig& proxy(std::string url);
  ModelConfig& timeouts(Timeouts value);
  ModelConfig& tls(TlsOptions value);
  ModelConfig& http_version(HttpVersion value);
  /// Upper limit of a whole answer, and of one event of a stream, in bytes after decompression. Default 64 MiB.
  ModelConfig& max_response_bytes(std::size_t value);
  /// What is tried again when it failed, and how. Default: see `RetryConfig`.
  ModelConfig& retry_config(RetryConfig value);
  /// How much may be sent to this provider with this key. Default: no limits.
  ModelConfig& limits(Limits value);
  /// Options of every call to this model; what a call sets wins, each option by itself. Throws
  /// `Error{invalid_config}` that names the option when the provider is created and a value is wrong.
  ModelConfig& options(Options value);
  /// Your own credentials in place of the key.
  ModelConfig& authenticator(std::shared_ptr<Authenticator> value);

  const std::string& model() const;
  const ProviderId& provider() const;
  /// Nothing for a provider by name alone.
  const std::optional<ProviderRow>& provider_row() const;
  const std::string& base_url() const;
  const ApiKey& api_key() const;
  const std::vector<std::pair<std::string, std::string>>& headers() const;
  const std::vector<std::pair<std::string, std::string>>& query_fields() const;
  const std::optional<std::string>& proxy() const;
  const Timeouts& timeouts() const;
  const TlsOptions& tls() const;
  HttpVersion http_version() const;
  std::size_t max_response_bytes() const;
  const RetryConfig& retry_config() const;
  const Limits& limits() const;
  const std::optional<Options>& options() const;
  const std::shared_ptr<Authenticator>& authenticator() const;

 private:
  std::string model_;
  ProviderId provider_;

  struct Body;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<ModelConfig::Body>;

}  // namespace antiphon::inline v0
