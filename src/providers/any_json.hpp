#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// Reads JSON that may be anything, where a reader takes objects and arrays only: `read` is called with the value,
/// which is good until it returns. False when it is not JSON.
template <class Read>
bool read_any_json(std::string_view text, Read&& read) {
  std::string list;
  list.reserve(text.size() + 2);
  list.append("[").append(text).append("]");
  json::Reader reader;
  reader.read_copy(list, [&](json::Value root) { root.elements(std::forward<Read>(read)); });
  return !reader.failed();
}

}  // namespace antiphon::inline v0::codec
