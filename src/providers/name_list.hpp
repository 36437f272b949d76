#pragma once

#include <algorithm>
#include <span>
#include <string_view>

namespace antiphon::inline v0::codec {

inline bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace antiphon::inline v0::codec
