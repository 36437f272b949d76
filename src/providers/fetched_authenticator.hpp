#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <antiphon/authenticator.hpp>

#include "providers/credential_cache.hpp"

namespace antiphon::inline v0::codec {

/// Puts on what has to be fetched, unless the request has an `Authorization` of the user's own.
template <class T>
class FetchedAuthenticator final : public Authenticator {
 public:
  using Cache = CredentialCache<T>;
  /// Puts `credentials` on a request; may throw an `Error`.
  using PutOn = std::function<void(HttpRequest&, const T& credentials, std::chrono::system_clock::time_point now)>;
  /// Whether an answer of 401 or 403 means that other credentials may help.
  using Expired = bool (*)(const Error& answer);

  FetchedAuthenticator(typename Cache::Fetch fetch, PutOn put_on, Expired expired)
      : cache_(std::make_shared<Cache>(std::move(fetch))),
        put_on_(std::make_shared<const PutOn>(std::move(put_on))),
        expired_(expired) {}

  /// With what was fetched before.
  void authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) override {
    if (has_own(request)) return done(std::nullopt);
    const std::optional<T> credentials = cache_->at_hand();
    if (credentials) return done(put_on(*put_on_, request, *credentials, now));
    done(Error(ErrorKind::authentication, "the credentials have to be fetched first").where("authenticator"));
  }

  void authorize_with(Fetcher& fetcher, HttpRequest& request, Done done) override {
    if (has_own(request)) return done(std::nullopt);
    cache_->get(fetcher, request,
                [&request, &scheduler = fetcher.scheduler(), how = put_on_, done = std::move(done)](Result<T> result) {
                  if (!result) return done(result.error());
                  done(put_on(*how, request, *result, scheduler.wall_now()));
                });
  }

  bool rejected_with(const Error& answer, std::chrono::steady_clock::time_point authorized_at) override {
    if (!expired_(answer)) return false;
    cache_->refused(authorized_at);
    return true;
  }

 private:
  static bool has_own(const HttpRequest& request) { return request.headers.find("authorization") != nullptr; }
  static std::optional<Error> put_on(const PutOn& how, HttpRequest& request, const T& credentials,
                                     std::chrono::system_clock::time_point now) {
    try {
      how(request, credentials, now);
    } catch (const Error& error) {
      return error;
    }
    return std::nullopt;
  }

  std::shared_ptr<Cache> cache_;
  /// Shared with the calls that wait: they may outlive this.
  std::shared_ptr<const PutOn> put_on_;
  Expired expired_;
};

}  // namespace antiphon::inline v0::codec
