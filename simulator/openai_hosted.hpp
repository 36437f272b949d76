#pragma once

#include "json.hpp"

#include <vector>

namespace antiphon::inline v0::simulator {

/// An event that tells how a hosted tool gets on, between the beginning and the end of its item.
struct HostedEvent {
  std::string type;
  std::string fields;      ///< members, each behind a comma
  bool names_item = true;  ///< carries the item's id
};

std::vector<HostedEvent> hosted_events(const json::object& item);

}  // namespace antiphon::inline v0::simulator
