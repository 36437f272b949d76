#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace antiphon::inline v0::config {

/// Where something stands: `antiphon.toml:12:3`.
struct Place {
  std::shared_ptr<const std::string> file;
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  std::string text() const;
};

struct Entry;
struct Node;

using Table = std::vector<Entry>;  ///< in the order of the file
using Array = std::vector<Node>;
/// A date or a time, for which no key of ours has a use.
struct Time {};

/// A value of a configuration file.
struct Node {
  using Value = std::variant<Table, Array, std::string, std::int64_t, double, bool, Time>;

  Place place;
  Value value;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&value);
  }
  /// The entry of a table; null when there is none, or this is no table.
  const Entry* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Place place;  ///< of the key
  Node value;
};

/// Files are wrong in their own place: `Error{invalid_config}` that begins with it.
[[noreturn]] void refuse(const Place& place, std::string where, const std::string& message);

}  // namespace antiphon::inline v0::config
