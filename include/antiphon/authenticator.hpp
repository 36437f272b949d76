#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include <antiphon/error.hpp>
#include <antiphon/export.hpp>
#include <antiphon/http.hpp>

namespace antiphon::inline v0 {

/// Puts credentials on a request, once per attempt, between encoding and sending. Yours may take the place of the
/// provider's (`ModelConfig::authenticator`), for example for tokens that expire.
class ANTIPHON_EXPORT Authenticator {
 public:
  using Done = std::function<void(std::optional<Error>)>;

  virtual ~Authenticator();

  /// Changes `request` and calls `done` once, at once or later, on the thread that called this or through the
  /// engine's scheduler. `request` lives until then. `now` is for signatures.
  virtual void authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) = 0;
  /// The provider answered 401 to what `authorize` had put on. Return true when the next `authorize` will give other
  /// credentials, so that one more attempt is worth it.
  virtual bool rejected() { return false; }
};

}  // namespace antiphon::inline v0
