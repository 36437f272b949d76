#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include <antiphon/error.hpp>
#include <antiphon/export.hpp>
#include <antiphon/hidden.hpp>
#include <antiphon/provider.hpp>
#include <antiphon/response.hpp>

namespace antiphon::inline v0 {

namespace detail {
struct FallbackSettings;
}

/// In which order the links of a `FallbackProvider` are asked.
enum class FallbackStrategy {
  ordered,         ///< as they were given
  weighted,        ///< the first by chance, as often as its weight says; then as given
  lowest_latency,  ///< by the time to the first content, as recent calls of the same kind (streamed or whole) had it;
                   ///< those not tried yet come first
  cheapest,  ///< by `FallbackLink::price`, else by the price that the `Catalogue` knows at that time; those without
             ///< a price come last
};

/// One provider of a `FallbackProvider`, and when it is left for the next. A provider that is a `FallbackProvider`
/// itself brings its own links with their own rules: rules given here throw `Error{invalid_config}` then.
class ANTIPHON_EXPORT FallbackLink {
 public:
  FallbackLink(Provider provider);

  /// Leaves this link on that kind of failure too.
  FallbackLink& leave_on(ErrorKind kind);
  /// Stays: that kind of failure of this link is the call's.
  FallbackLink& stay_on(ErrorKind kind);
  /// Leaves it, at once, when no content came within this time, more than zero; not when it is the last one. The time
  /// that a call waits for its turn there counts; what its credentials and the files of its messages take does not.
  FallbackLink& first_content_within(std::chrono::milliseconds value);
  /// Leaves it when this says no to its whole answer, which then fails as `content_filtered`. What a stream has handed
  /// out cannot be taken back: of streams it sees only those that ended well without any content. Called on the
  /// engine's thread; what it throws fails the call.
  FallbackLink& accept(std::function<bool(const Response&)> predicate);
  /// For `FallbackStrategy::weighted`, at least 0; 0 is only asked when others failed. Default 1.
  FallbackLink& weight(double value);
  /// For `FallbackStrategy::cheapest`: what a million tokens cost, in any currency that is the same for all links. A
  /// link without it has the price of the `Catalogue`, in US dollars.
  FallbackLink& price(double input, double output);
  /// Longest prompt and answer, in tokens; what the `Catalogue` knows unless set. A prompt that was too long for one
  /// link skips those that are no larger; one of which nothing is known is asked.
  FallbackLink& context_window(std::int64_t tokens);

  const Provider& provider() const;
  /// `content_filtered` is also an answer that ended with `FinishReason::content_filter`, as long as nothing of it was
  /// handed out and another link is left. Default: authentication, permission, quota_exceeded, rate_limited,
  /// overloaded, server_error, dns, connection, tls, proxy, timeout, truncated, protocol, not_found, redirected,
  /// unsupported, context_window_exceeded, content_filtered. Never on cancelling, and not on a request that is wrong
  /// everywhere.
  const std::set<ErrorKind>& leave_on() const;
  const std::optional<std::chrono::milliseconds>& first_content_within() const;
  const std::function<bool(const Response&)>& accept() const;
  double weight() const;
  const std::optional<std::pair<double, double>>& price() const;
  const std::optional<std::int64_t>& context_window() const;

 private:
  Provider provider_;

  struct Body;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<FallbackLink::Body>;

/// When a provider counts as down. It is then left out for a while, by this `FallbackProvider` and all others of the
/// engine that use the same base URL and key, and tried with one call at a time until one has its first content; from
/// then until an answer was complete a single failure counts as down again. Calls that were cancelled, and requests
/// that were refused for what they asked, say nothing about a provider's health. Failures of handles without fallback
/// count as well: five in a row open it, whatever `failures` is here.
///
/// A provider that is left out is asked all the same when there is nobody else, by one call at a time; the others fail
/// as `overloaded` then, and `Error::retry_after` says how long the rest takes.
class CircuitBreakerConfig {
 public:
  /// So many failures in a row open it; at least 1. Default 5.
  CircuitBreakerConfig& failures(int value) { return failures_ = value, *this; }
  /// How long it is left out at first; twice as long each time that the trial fails. Default 10 s.
  CircuitBreakerConfig& rest(std::chrono::milliseconds value) { return rest_ = value, *this; }
  /// At most so long; at least `rest`. Default 5 min.
  CircuitBreakerConfig& max_rest(std::chrono::milliseconds value) { return max_rest_ = value, *this; }

  int failures() const { return failures_; }
  std::chrono::milliseconds rest() const { return rest_; }
  std::chrono::milliseconds max_rest() const { return max_rest_; }

  friend bool operator==(const CircuitBreakerConfig&, const CircuitBreakerConfig&) = default;

 private:
  int failures_ = 5;
  std::chrono::milliseconds rest_{10'000};
  std::chrono::milliseconds max_rest_{300'000};
};

/// Asking a second provider when the first is slow: the first content counts, of a whole answer its end; the other
/// attempt is cancelled, and both stand in the list of attempts.
class HedgeConfig {
 public:
  /// How long the first has, as long as fewer than 20 of its model's recent answers are known; after that it is the
  /// time within which 95 of 100 of them had their first content, but no less than a tenth of this. Streams and whole
  /// answers are counted apart. More than zero. Default 3 s.
  HedgeConfig& delay(std::chrono::milliseconds value) { return delay_ = value, *this; }

  std::chrono::milliseconds delay() const { return delay_; }

  friend bool operator==(const HedgeConfig&, const HedgeConfig&) = default;

 private:
  std::chrono::milliseconds delay_{3000};
};

/// The links of a `FallbackProvider` and how they work together.
///
/// Of a `FallbackProvider` that becomes a link, what is not set here is taken over; two different values throw
/// `Error{invalid_config}` that names the field. Strategies are always compared, for they mean all links together.
class ANTIPHON_EXPORT FallbackConfig {
 public:
  /// The next link. A provider that is a `FallbackProvider` itself brings all of its links.
  FallbackConfig& link(FallbackLink value);
  FallbackConfig& strategy(FallbackStrategy value);
  /// A link that asks for a longer wait than this, or whose own `Limits` do, is left at once while another is free;
  /// zero or more. One that is paused, or has others waiting, is not waited for at all then. Default 2 s.
  FallbackConfig& max_wait(std::chrono::milliseconds value);
  FallbackConfig& circuit_breaker(CircuitBreakerConfig value);
  /// Off unless set.
  FallbackConfig& hedge(HedgeConfig value);

  const std::vector<FallbackLink>& links() const;
  FallbackStrategy strategy() const;
  std::chrono::milliseconds max_wait() const;
  CircuitBreakerConfig circuit_breaker() const;
  const std::optional<HedgeConfig>& hedge() const;

 private:
  friend struct detail::FallbackSettings;
  struct Body;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<FallbackConfig::Body>;

/// Several providers as one: when one fails, the next is asked, with the request encoded anew for it. One that cannot
/// be reached, or asks for a long wait, is left at once while another is there; else it is tried again first, as its
/// `RetryConfig` says. A stream may fall back until its first content was handed out. Like any other `Provider` in all
/// else: cheap to copy, immutable, safe from many threads. Every attempt, and why it failed, is on the response and on
/// the error.
///
///   FallbackProvider provider(create_provider(cloud), create_provider("ollama/llama3.2"));
///
/// What was given to a provider keeps its effect for its link: callbacks, loggers and layers see the calls to it.
/// Throws `Error{invalid_config}` that names the field: no link, a provider that is there twice, providers of two
/// engines, a wrong value.
class ANTIPHON_EXPORT FallbackProvider : public Provider {
 public:
  template <class... P>
    requires(sizeof...(P) > 0 && (std::is_convertible_v<P, FallbackLink> && ...))
  explicit FallbackProvider(P... links) : FallbackProvider(list(FallbackConfig(), FallbackLink(std::move(links))...)) {}
  explicit FallbackProvider(const FallbackConfig& config, ProviderOptions options = ProviderOptions());

 private:
  template <class... P>
  static FallbackConfig list(FallbackConfig config, P... links) {
    (config.link(std::move(links)), ...);
    return config;
  }
};

}  // namespace antiphon::inline v0
