#pragma once

#include <antiphon/simulator.hpp>
#include <memory>
#include <string_view>

#include "outlet.hpp"

namespace antiphon::inline v0::simulator {

/// Answers requests, whatever connection they came by.
class Service {
 public:
  virtual ~Service() = default;
  virtual Task<void> serve(std::shared_ptr<const RecordedRequest> request, Outlet& outlet) = 0;
  /// The connection will be closed instead of answering.
  virtual void turn_away(std::shared_ptr<const RecordedRequest> request) = 0;
};

/// Whether a request is for the simulator itself.
inline bool is_control(std::string_view target) { return target.substr(0, 12) == "/_simulator/"; }

}  // namespace antiphon::inline v0::simulator
