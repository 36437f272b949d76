#pragma once

#include <antiphon/message.hpp>

#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

/// One part of a message, and where it came from.
struct TurnItem {
  const Part* part;
  PartPlace place;
};

/// Whether it says how the model is to behave.
inline bool is_system(const Message& message) {
  return message.role() == Role::system || message.role() == Role::developer;
}

}  // namespace antiphon::inline v0::codec
