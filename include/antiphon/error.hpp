#pragma once

#include <chrono>
#include <exception>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/export.hpp>

namespace antiphon::inline v0 {

class Attempt;
class Response;
class Warning;

/// What went wrong, in one word. The name that `to_string` gives is stable.
enum class ErrorKind {
  // Found before anything was sent.
  invalid_config,    ///< a setting is missing or wrong; `where()` names it
  invalid_request,   ///< the request cannot be sent, or the provider called it invalid
  would_deadlock,    ///< a blocking call on the engine's own thread
  // Between here and the provider.
  dns,               ///< the host name could not be resolved
  connection,        ///< refused, reset, or lost before any answer
  tls,               ///< the secure connection could not be made
  proxy,             ///< the proxy refused or failed
  timeout,           ///< one of the `Timeouts`; `where()` names it
  deadline_exceeded, ///< the deadline of the call passed
  cancelled,         ///< the user cancelled the call, or the engine was shut down
  // Said by the provider.
  authentication,    ///< key missing, wrong or expired (401)
  permission,        ///< the key may not do this (403)
  not_found,         ///< model or address unknown (404)
  rate_limited,      ///< too many requests; waiting helps (429)
  quota_exceeded,    ///< credit or quota used up; waiting does not help
  context_window_exceeded,  ///< prompt and answer do not fit the model
  content_filtered,  ///< refused by the provider's safety system
  request_too_large, ///< 413
  conflict,          ///< 409
  overloaded,        ///< busy; waiting helps (503, 529)
  server_error,      ///< any other 5xx
  redirected,        ///< 3xx; redirects are never followed, so that no key reaches another host
  // Found in the answer.
  truncated,         ///< the answer was cut before its end
  protocol,          ///< the answer is not what the protocol promises
  response_too_large,///< more than `ModelConfig::max_response_bytes`
  invalid_data,      ///< JSON does not fit the type that it is read into; `where()` is its place, a JSON pointer
  tool_limit,        ///< the model wanted more calls of tools than `ToolLoop` allows; `where()` names the limit
  unsupported,       ///< the provider cannot do this, and `strict` was asked for or nothing else makes sense
  internal,          ///< a callback of yours threw, or a defect of this library
};

ANTIPHON_EXPORT std::string_view to_string(ErrorKind kind);
ANTIPHON_EXPORT std::ostream& operator<<(std::ostream& out, ErrorKind kind);
/// The kind of that name; nothing when there is none.
ANTIPHON_EXPORT std::optional<ErrorKind> parse_error_kind(std::string_view name);
/// The names of all kinds, for those who have to choose.
ANTIPHON_EXPORT std::vector<std::string> error_kind_names();

/// Everything that is known about a failed call. Thrown by the plain calls, carried by `Result` in the `try_` ones.
///
/// Cheap to copy; copies share their contents until one is changed. Keys are in no field.
class ANTIPHON_EXPORT Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message);
  Error(const Error&) noexcept = default;
  Error& operator=(const Error&) noexcept = default;
  ~Error() override;

  ErrorKind kind() const noexcept;
  /// One sentence of ours. The provider's own words are in `provider_message()`.
  const std::string& message() const noexcept;
  /// All of it on one line: kind, place, message, status, provider's words, request id.
  const char* what() const noexcept override;
  /// The place: a setting (`base_url`), a part of the request (`messages/2/content/0`), a timeout
  /// (`timeouts.first_content`), or a place in the answer (`choices/0/delta`). Empty when there is none.
  const std::string& where() const noexcept;
  /// 0 when no HTTP status was received.
  int http_status() const noexcept;
  /// `provider/model` that the failed attempt was sent to.
  const std::string& provider() const noexcept;
  /// The provider's machine-readable code (`insufficient_quota`), or its type when it has no code.
  const std::string& provider_code() const noexcept;
  const std::string& provider_message() const noexcept;
  const std::string& request_id() const noexcept;
  /// How long the provider asked us to wait.
  std::optional<std::chrono::milliseconds> retry_after() const noexcept;
  /// Whether the provider says that trying again makes sense (`x-should-retry`), when it says so.
  std::optional<bool> should_retry() const noexcept;
  /// The body of the error answer, cut at 64 KiB.
  const std::string& raw_body() const noexcept;
  /// Every attempt that was made for this call, in the order in which they ended.
  const std::vector<Attempt>& attempts() const noexcept;
  /// What did not work as asked on the way to this failure: fields that a provider could not carry, callbacks that threw.
  const std::vector<Warning>& warnings() const noexcept;
  /// What had arrived before the failure: text, tool calls, usage. Null when nothing had.
  const Response* partial() const noexcept;

  Error& message(std::string value);
  Error& where(std::string value);
  Error& http_status(int value);
  Error& provider(std::string value);
  Error& provider_code(std::string value);
  Error& provider_message(std::string value);
  Error& request_id(std::string value);
  Error& retry_after(std::optional<std::chrono::milliseconds> value);
  Error& should_retry(std::optional<bool> value);
  Error& raw_body(std::string value);
  Error& attempts(std::vector<Attempt> value);
  Error& warn(Warning value);
  Error& partial(Response value);

 private:
  struct Data;
  template <class Change>
  Error& edit(Change change);
  std::shared_ptr<const Data> data_;
};

}  // namespace antiphon::inline v0
