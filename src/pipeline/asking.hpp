#pragma once

#include "pipeline/call.hpp"

namespace antiphon::inline v0::pipeline {

/// While it lives, a track asks another request than it was given.
class Asking {
 public:
  Asking(Track& track, const Request& request) : track_(track), before_(track.request) { track.request = &request; }
  ~Asking() { track_.request = before_; }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

 private:
  Track& track_;
  const Request* before_;
};

}  // namespace antiphon::inline v0::pipeline
