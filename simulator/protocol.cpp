#include "protocol.hpp"

#include <algorithm>

namespace antiphon::inline v0::simulator {

bool Models::has(std::string_view name) const {
  return any_other ? name != "missing" : std::find(names.begin(), names.end(), name) != names.end();
}

const Protocol& protocol_of(std::string_view path) { return ollama().owns(path) ? ollama() : openai_chat(); }

}  // namespace antiphon::inline v0::simulator
