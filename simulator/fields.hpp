#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json.hpp"

namespace antiphon::inline v0::simulator {

/// What counts of a scenario may be at most.
inline constexpr std::uint64_t largest_count = std::uint64_t{1} << 62;

/// Throws `ScenarioError`: "place: problem".
[[noreturn]] void fail_at(const std::string& place, const std::string& problem);

/// `place/key`.
std::string place_in(std::string place, std::string_view key);

/// Reads the members of a JSON object, each once; errors name the place. What nobody asked for is an unknown key.
class Fields {
 public:
  Fields(const json::value& value, std::string place);

  /// The member, whatever it is, null included; null pointer when there is none.
  const json::value* any(std::string_view key);
  bool flag(std::string_view key);
  std::optional<bool> optional_flag(std::string_view key);
  std::optional<std::string> text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high);
  std::optional<std::uint64_t> count(std::string_view key, std::uint64_t high, std::uint64_t low = 0);
  /// Array of strings.
  std::optional<std::vector<std::string>> texts(std::string_view key);
  /// Throws when there are members that were not read.
  void done() const;

  std::string place(std::string_view key) const;

 private:
  std::string place_;
  const json::object* object_;
  std::vector<std::string> read_;
};

}  // namespace antiphon::inline v0::simulator
