#include "config/node.hpp"

#include <algorithm>
#include <utility>

#include <antiphon/error.hpp>

namespace antiphon::inline v0::config {

std::string Place::text() const { return *file + ":" + std::to_string(line) + ":" + std::to_string(column); }

const Entry* Node::find(std::string_view key) const {
  const Table* table = as<Table>();
  if (!table) return nullptr;
  const auto found = std::find_if(table->begin(), table->end(), [&](const Entry& entry) { return entry.key == key; });
  return found == table->end() ? nullptr : &*found;
}

void refuse(const Place& place, std::string where, const std::string& message) {
  throw Error(ErrorKind::invalid_config, place.text() + ": " + message).where(std::move(where));
}

}  // namespace antiphon::inline v0::config
