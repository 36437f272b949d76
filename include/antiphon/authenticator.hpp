#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include <antiphon/error.hpp>
#include <antiphon/export.hpp>
#include <antiphon/fetcher.hpp>
#include <antiphon/http.hpp>

namespace antiphon::inline v0 {

/// Puts credentials on a request, once per attempt, between encoding and sending. Yours may take the place of the
/// provider's (`ModelConfig::authenticator`), for example for tokens that expire; `antiphon/credentials.hpp` has those
/// of the clouds.
///
/// One may serve several engines: what it keeps it guards itself.
class ANTIPHON_EXPORT Authenticator {
 public:
  using Done = std::function<void(std::optional<Error>)>;

  virtual ~Authenticator();

  /// Changes `request` and calls `done` once, at once or later, on the thread that called this or through the
  /// engine's scheduler. `request` lives until then. `now` is for signatures.
  virtual void authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) = 0;
  /// The same with an engine at hand, for credentials that have to be fetched first. This is what a call asks; as long
  /// as it is not overridden it asks `authorize`. `fetcher` lives as long as the engine.
  virtual void authorize_with(Fetcher& fetcher, HttpRequest& request, Done done);

  /// The provider answered 401 to what `authorize` had put on. Return true when the next `authorize` will give other
  /// credentials, so that one more attempt is worth it.
  virtual bool rejected() { return false; }
  /// The same with the answer, 401 or 403, and with the time when the refused credentials were put on. This is what a
  /// call asks; as long as it is not overridden it asks `rejected` after a 401.
  virtual bool rejected_with(const Error& answer, std::chrono::steady_clock::time_point authorized_at);
};

}  // namespace antiphon::inline v0
