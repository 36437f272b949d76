#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/error.hpp>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// Reads a JSON object that people write by hand: what is not expected is a mistake, and named with its place. Every
/// function throws `Error{invalid_config}`. Good as long as the value is.
class StrictObject {
 public:
  /// `place` is a JSON pointer without its first slash; empty for the whole text.
  StrictObject(json::Value object, std::string place);

  std::string at(std::string_view name) const;
  /// The member of that name, which is known from now on.
  std::optional<json::Value> find(std::string_view name);

  // Each reads a member when it is there, and leaves the target as it is when it is not.
  void read(std::string_view name, std::string& target);
  void read(std::string_view name, bool& target);
  void read(std::string_view name, std::size_t& target, std::size_t least, std::size_t most);
  /// An array of texts, none of them empty.
  void read(std::string_view name, std::vector<std::string>& target);
  /// An object of texts, none of them empty.
  void read(std::string_view name, std::vector<std::pair<std::string, std::string>>& target);
  /// An object of such arrays.
  void read(std::string_view name, std::vector<std::pair<std::string, std::vector<std::string>>>& target);
  /// An object, as its bytes.
  void read_object(std::string_view name, std::string& target);

  /// No more members are expected.
  void finish() const;

 private:
  std::string place_;
  std::vector<std::pair<std::string_view, json::Value>> members_;
  std::vector<std::string_view> known_;
};

/// A mistake at a place.
Error mistake(std::string where, std::string message);

/// The places that stand for an element or a member.
std::string inside(const std::string& place, std::string_view name);

}  // namespace antiphon::inline v0::codec
