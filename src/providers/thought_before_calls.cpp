#include "providers/thought_before_calls.hpp"

#include <algorithm>

#include "providers/own_fields.hpp"

namespace antiphon::inline v0::codec {

namespace {

bool has_any(const Message& message, PartKind kind) {
  return std::any_of(message.parts().begin(), message.parts().end(),
                     [&](const Part& part) { return part.kind() == kind; });
}

bool thought(const Message& message, const Preset& preset, std::string_view field) {
  const bool told = std::any_of(message.parts().begin(), message.parts().end(), [](const Part& part) {
    return part.kind() == PartKind::reasoning && !part.text().empty();
  });
  if (told) return true;
  ExtraFields own;
  add_own_fields(own, message.own_options(), preset, "messages");
  return own.has(field);
}

}  // namespace

bool thought_before_calls(const Messages& messages, const Preset& preset, std::string_view field) {
  for (std::size_t index = messages.size(); index-- > 0;) {
    const Message& message = messages[index];
    if (message.role() == Role::user && !has_any(message, PartKind::tool_result)) return true;
    if (has_any(message, PartKind::tool_call) && !thought(message, preset, field)) return false;
  }
  return true;
}

}  // namespace antiphon::inline v0::codec
