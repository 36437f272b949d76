#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/fetcher.hpp>

#include "providers/credential_age.hpp"

namespace antiphon::inline v0::codec {

/// Credentials as they were fetched.
template <class T>
struct Fetched {
  T value;
  std::optional<std::chrono::system_clock::time_point> expires;
};

/// Keeps what was fetched, fetches it once for all who wait, and anew before its end. Several engines may share it:
/// each has a fetch of its own, for it must not depend on another one's life.
template <class T>
class CredentialCache : public std::enable_shared_from_this<CredentialCache<T>> {
 public:
  using Done = std::function<void(Result<T>)>;
  using Gotten = std::function<void(Result<Fetched<T>>)>;
  /// Starts a fetch; calls back once, at once or later, on the engine's thread. `request` is the one that waits for it:
  /// it tells the way (proxy, certificates), and lives only until this returns.
  using Fetch = std::function<void(Fetcher&, const HttpRequest& request, Gotten)>;

  explicit CredentialCache(Fetch fetch) : fetch_(std::move(fetch)) {}

  /// On the engine's thread. `done` is called there once, at once when there is something good.
  void get(Fetcher& fetcher, const HttpRequest& request, Done done) {
    Scheduler& scheduler = fetcher.scheduler();
    std::optional<T> good;
    std::shared_ptr<Flight> started;
    {
      const std::lock_guard lock(mutex_);
      const CredentialAge age = age_now(scheduler);
      if (age != CredentialAge::spent) good = kept_->value;
      std::shared_ptr<Flight>& flight = flights_[&fetcher];
      // One that is older than its time limit belongs to an engine that is gone.
      if (flight && scheduler.steady_now() > flight->started + longest_fetch) flight = nullptr;
      const bool wanted =
          age == CredentialAge::spent || (age == CredentialAge::ageing && scheduler.steady_now() >= not_before_);
      if (!flight && wanted) {
        started = flight = std::make_shared<Flight>();
        flight->started = scheduler.steady_now();
      }
      if (!good) flight->waiting.push_back(std::move(done));
      if (!flight) flights_.erase(&fetcher);
    }
    if (started) start(fetcher, request, started);
    // NOLINTNEXTLINE(bugprone-use-after-move): it was moved only when there is nothing good
    if (good) done(std::move(*good));
  }

  /// What is there, without a fetch.
  std::optional<T> at_hand() const {
    const std::lock_guard lock(mutex_);
    return kept_ ? std::optional<T>(kept_->value) : std::nullopt;
  }

  /// A provider refused what was put on a request at that time: it is not given again.
  void refused(std::chrono::steady_clock::time_point authorized_at) {
    const std::lock_guard lock(mutex_);
    // What was fetched since then is something else.
    if (kept_ && kept_->obtained <= authorized_at) kept_.reset();
  }

 private:
  struct Kept {
    T value;
    std::optional<std::chrono::system_clock::time_point> expires;
    std::chrono::steady_clock::time_point obtained;
  };
  /// A fetch under way.
  struct Flight {
    std::chrono::steady_clock::time_point started;
    std::vector<Done> waiting;
    std::optional<Scheduler::Timer> timer;
    bool landed = false;
  };

  CredentialAge age_now(Scheduler& scheduler) const {
    if (!kept_) return CredentialAge::spent;
    return credential_age(kept_->expires, scheduler.wall_now(), scheduler.steady_now() - kept_->obtained);
  }

  void start(Fetcher& fetcher, const HttpRequest& request, const std::shared_ptr<Flight>& flight) {
    const Gotten land = [self = this->shared_from_this(), &fetcher, flight](Result<Fetched<T>> result) {
      self->land(fetcher, flight, std::move(result));
    };
    flight->timer = fetcher.scheduler().sleep_until(flight->started + longest_fetch, [land, flight] {
      flight->timer.reset();
      land(Error(ErrorKind::timeout, "the credentials did not come within a minute").where("authenticator"));
    });
    try {
      fetch_(fetcher, request, land);
    } catch (const Error& error) {
      land(error);
    } catch (const std::exception& error) {
      land(
          Error(ErrorKind::internal, std::string("getting credentials threw: ") + error.what()).where("authenticator"));
    }
  }

  void land(Fetcher& fetcher, const std::shared_ptr<Flight>& flight, Result<Fetched<T>> result) {
    if (std::exchange(flight->landed, true)) return;
    Scheduler& scheduler = fetcher.scheduler();
    if (flight->timer) scheduler.cancel(*flight->timer);
    std::optional<T> good;
    {
      const std::lock_guard lock(mutex_);
      if (result) kept_ = Kept{result->value, result->expires, scheduler.steady_now()};
      not_before_ = scheduler.steady_now() + between_early_fetches;
      // They waited because its end is near: until then it is better than nothing.
      if (kept_ && (result || !kept_->expires || *kept_->expires > scheduler.wall_now())) good = kept_->value;
      if (const auto found = flights_.find(&fetcher); found != flights_.end() && found->second == flight) {
        flights_.erase(found);
      }
    }
    for (Done& done : std::exchange(flight->waiting, {})) done(good ? Result<T>(*good) : Result<T>(result.error()));
  }

  Fetch fetch_;
  mutable std::mutex mutex_;
  std::optional<Kept> kept_;
  std::map<Fetcher*, std::shared_ptr<Flight>> flights_;
  /// Before then nothing is fetched early: a server may keep giving the same, or nothing.
  std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace antiphon::inline v0::codec
