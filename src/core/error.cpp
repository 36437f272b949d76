#include <antiphon/error.hpp>

#include <ostream>

#include <antiphon/response.hpp>

namespace antiphon::inline v0 {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_config: return "invalid_config";
    case ErrorKind::invalid_request: return "invalid_request";
    case ErrorKind::would_deadlock: return "would_deadlock";
    case ErrorKind::dns: return "dns";
    case ErrorKind::connection: return "connection";
    case ErrorKind::tls: return "tls";
    case ErrorKind::proxy: return "proxy";
    case ErrorKind::timeout: return "timeout";
    case ErrorKind::deadline_exceeded: return "deadline_exceeded";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::authentication: return "authentication";
    case ErrorKind::permission: return "permission";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::rate_limited: return "rate_limited";
    case ErrorKind::quota_exceeded: return "quota_exceeded";
    case ErrorKind::context_window_exceeded: return "context_window_exceeded";
    case ErrorKind::content_filtered: return "content_filtered";
    case ErrorKind::request_too_large: return "request_too_large";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::overloaded: return "overloaded";
    case ErrorKind::server_error: return "server_error";
    case ErrorKind::redirected: return "redirected";
    case ErrorKind::truncated: return "truncated";
    case ErrorKind::protocol: return "protocol";
    case ErrorKind::response_too_large: return "response_too_large";
    case ErrorKind::invalid_data: return "invalid_data";
    case ErrorKind::tool_limit: return "tool_limit";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

std::ostream& operator<<(std::ostream& out, ErrorKind kind) { return out << to_string(kind); }

std::optional<ErrorKind> parse_error_kind(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(ErrorKind::internal); ++i) {
    if (to_string(static_cast<ErrorKind>(i)) == name) return static_cast<ErrorKind>(i);
  }
  return std::nullopt;
}

std::vector<std::string> error_kind_names() {
  std::vector<std::string> names;
  for (int i = 0; i <= static_cast<int>(ErrorKind::internal); ++i) {
    names.emplace_back(to_string(static_cast<ErrorKind>(i)));
  }
  return names;
}

struct Error::Data {
  ErrorKind kind;
  std::string message = {};
  std::string where = {};
  int http_status = 0;
  std::string provider = {};
  std::string provider_code = {};
  std::string provider_message = {};
  std::string request_id = {};
  std::optional<std::chrono::milliseconds> retry_after = {};
  std::optional<bool> should_retry = {};
  std::string raw_body = {};
  std::vector<Attempt> attempts = {};
  std::vector<Warning> warnings = {};
  std::shared_ptr<const Response> partial = {};
  std::string what = {};
};

namespace {

template <class Data>
std::string describe(const Data& data) {
  std::string text(to_string(data.kind));
  if (!data.where.empty()) text += " at " + data.where;
  text += ": " + data.message;
  if (data.http_status != 0) text += " (HTTP " + std::to_string(data.http_status) + ")";
  if (!data.provider.empty()) text += " [" + data.provider + "]";
  if (!data.provider_message.empty()) {
    text += ", the provider says: ";
    if (!data.provider_code.empty()) text += data.provider_code + ": ";
    text += data.provider_message;
  }
  if (!data.request_id.empty()) text += ", request id " + data.request_id;
  return text;
}

}  // namespace

Error::Error(ErrorKind kind, std::string message) {
  auto data = std::make_shared<Data>(Data{.kind = kind, .message = std::move(message)});
  data->what = describe(*data);
  data_ = std::move(data);
}

Error::~Error() = default;

ErrorKind Error::kind() const noexcept { return data_->kind; }
const std::string& Error::message() const noexcept { return data_->message; }
const char* Error::what() const noexcept { return data_->what.c_str(); }
const std::string& Error::where() const noexcept { return data_->where; }
int Error::http_status() const noexcept { return data_->http_status; }
const std::string& Error::provider() const noexcept { return data_->provider; }
const std::string& Error::provider_code() const noexcept { return data_->provider_code; }
const std::string& Error::provider_message() const noexcept { return data_->provider_message; }
const std::string& Error::request_id() const noexcept { return data_->request_id; }
std::optional<std::chrono::milliseconds> Error::retry_after() const noexcept { return data_->retry_after; }
std::optional<bool> Error::should_retry() const noexcept { return data_->should_retry; }
const std::string& Error::raw_body() const noexcept { return data_->raw_body; }
const std::vector<Attempt>& Error::attempts() const noexcept { return data_->attempts; }
const std::vector<Warning>& Error::warnings() const noexcept { return data_->warnings; }
const Response* Error::partial() const noexcept { return data_->partial.get(); }

template <class Change>
Error& Error::edit(Change change) {
  auto data = std::make_shared<Data>(*data_);
  change(*data);
  data->what = describe(*data);
  data_ = std::move(data);
  return *this;
}

Error& Error::message(std::string value) {
  return edit([&](Data& data) { data.message = std::move(value); });
}
Error& Error::where(std::string value) {
  return edit([&](Data& data) { data.where = std::move(value); });
}
Error& Error::http_status(int value) {
  return edit([&](Data& data) { data.http_status = value; });
}
Error& Error::provider(std::string value) {
  return edit([&](Data& data) { data.provider = std::move(value); });
}
Error& Error::provider_code(std::string value) {
  return edit([&](Data& data) { data.provider_code = std::move(value); });
}
Error& Error::provider_message(std::string value) {
  return edit([&](Data& data) { data.provider_message = std::move(value); });
}
Error& Error::request_id(std::string value) {
  return edit([&](Data& data) { data.request_id = std::move(value); });
}
Error& Error::retry_after(std::optional<std::chrono::milliseconds> value) {
  return edit([&](Data& data) { data.retry_after = value; });
}
Error& Error::should_retry(std::optional<bool> value) {
  return edit([&](Data& data) { data.should_retry = value; });
}
Error& Error::raw_body(std::string value) {
  return edit([&](Data& data) { data.raw_body = std::move(value); });
}
Error& Error::attempts(std::vector<Attempt> value) {
  return edit([&](Data& data) { data.attempts = std::move(value); });
}
Error& Error::warn(Warning value) {
  return edit([&](Data& data) { data.warnings.push_back(std::move(value)); });
}
Error& Error::partial(Response value) {
  return edit([&](Data& data) { data.partial = std::make_shared<const Response>(std::move(value)); });
}

}  // namespace antiphon::inline v0
