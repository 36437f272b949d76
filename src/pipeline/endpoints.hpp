#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "pipeline/endpoint.hpp"

namespace antiphon::inline v0::pipeline {

/// Which calls share an endpoint.
struct EndpointKey {
  std::string name;
  /// Whose address is in the name; null when it holds none.
  std::shared_ptr<const void> object = nullptr;
};

/// Those of one engine. They outlive the providers that use them, so that a program which makes one for each call meets
/// the pauses, limits and rests that its earlier calls met.
class Endpoints {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// How long one is kept that no provider uses; longer while its provider wants a pause or rests.
  static constexpr std::chrono::minutes kept{10};
  /// Of more than so many that no provider uses those go first that are unused for longest.
  static constexpr std::size_t most_unused = 256;

  struct Found {
    std::shared_ptr<Endpoint> endpoint;
    bool sweep_is_due = false;  ///< and nobody else was told so
  };
  /// The one with that key, made when there is none. From any thread.
  Found find(const EndpointKey& key);
  /// Forgets those that are not worth keeping. On the engine's thread only, as it looks at them.
  void sweep(Time now);
  std::size_t size() const;

 private:
  struct Entry {
    std::shared_ptr<Endpoint> endpoint;
    std::optional<std::weak_ptr<const void>> object = {};
    std::optional<Time> unused_since = {};

    /// Another object may have got its address since.
    bool is_dead() const { return object && object->expired(); }
    bool is_used() const { return endpoint.use_count() > 1; }
  };

  void drop_surplus();

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  bool sweep_is_due_ = false;
};

}  // namespace antiphon::inline v0::pipeline
