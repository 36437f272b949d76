#include "chat/fallback_body.hpp"

namespace antiphon::inline v0 {

struct FallbackLink::Body {
  std::set<ErrorKind> leave_on{ErrorKind::authentication,
                               ErrorKind::permission,
                               ErrorKind::quota_exceeded,
                               ErrorKind::rate_limited,
                               ErrorKind::overloaded,
                               ErrorKind::server_error,
                               ErrorKind::dns,
                               ErrorKind::connection,
                               ErrorKind::tls,
                               ErrorKind::proxy,
                               ErrorKind::timeout,
                               ErrorKind::truncated,
                               ErrorKind::protocol,
                               ErrorKind::not_found,
                               ErrorKind::redirected,
                               ErrorKind::unsupported,
                               ErrorKind::context_window_exceeded,
                               ErrorKind::content_filtered};
  std::optional<std::chrono::milliseconds> first_content_within;
  std::function<bool(const Response&)> accept;
  double weight = 1;
  std::optional<std::pair<double, double>> price;
  std::optional<std::int64_t> context_window;
};

template class detail::Hidden<FallbackLink::Body>;
template class detail::Hidden<FallbackConfig::Body>;

FallbackLink::FallbackLink(Provider provider) : provider_(std::move(provider)) {}
FallbackLink& FallbackLink::leave_on(ErrorKind kind) { return body_.edit().leave_on.insert(kind), *this; }
FallbackLink& FallbackLink::stay_on(ErrorKind kind) { return body_.edit().leave_on.erase(kind), *this; }

FallbackLink& FallbackLink::first_content_within(std::chrono::milliseconds value) {
  return body_.edit().first_content_within = value, *this;
}

FallbackLink& FallbackLink::accept(std::function<bool(const Response&)> predicate) {
  return body_.edit().accept = std::move(predicate), *this;
}

FallbackLink& FallbackLink::weight(double value) { return body_.edit().weight = value, *this; }

FallbackLink& FallbackLink::price(double input, double output) {
  return body_.edit().price = std::pair(input, output), *this;
}

FallbackLink& FallbackLink::context_window(std::int64_t tokens) { return body_.edit().context_window = tokens, *this; }
const Provider& FallbackLink::provider() const { return provider_; }
const std::set<ErrorKind>& FallbackLink::leave_on() const { return body_.read().leave_on; }

const std::optional<std::chrono::milliseconds>& FallbackLink::first_content_within() const {
  return body_.read().first_content_within;
}

const std::function<bool(const Response&)>& FallbackLink::accept() const { return body_.read().accept; }
double FallbackLink::weight() const { return body_.read().weight; }
const std::optional<std::pair<double, double>>& FallbackLink::price() const { return body_.read().price; }
const std::optional<std::int64_t>& FallbackLink::context_window() const { return body_.read().context_window; }

FallbackConfig& FallbackConfig::link(FallbackLink value) {
  return body_.edit().links.push_back(std::move(value)), *this;
}

FallbackConfig& FallbackConfig::strategy(FallbackStrategy value) { return body_.edit().strategy = value, *this; }
FallbackConfig& FallbackConfig::max_wait(std::chrono::milliseconds value) {
  return body_.edit().max_wait = value, *this;
}

FallbackConfig& FallbackConfig::circuit_breaker(CircuitBreakerConfig value) {
  return body_.edit().circuit_breaker = value, *this;
}

FallbackConfig& FallbackConfig::hedge(HedgeConfig value) { return body_.edit().hedge = value, *this; }

std::chrono::milliseconds FallbackConfig::max_wait() const {
  return body_.read().max_wait.value_or(std::chrono::milliseconds(2000));
}

CircuitBreakerConfig FallbackConfig::circuit_breaker() const {
  return body_.read().circuit_breaker.value_or(CircuitBreakerConfig());
}

const std::vector<FallbackLink>& FallbackConfig::links() const { return body_.read().links; }
FallbackStrategy FallbackConfig::strategy() const { return body_.read().strategy; }
const std::optional<HedgeConfig>& FallbackConfig::hedge() const { return body_.read().hedge; }

}  // namespace antiphon::inline v0
