#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/json.hpp>

#include "json/writer.hpp"

namespace antiphon::inline v0::codec {

/// Fields that a user puts into an object as they are; they take the place of ours. The last of a name wins.
class ExtraFields {
 public:
  /// One field; throws `Error{invalid_request}` at `name` when the value is no JSON.
  void add(const std::string& name, const Json& value);
  /// The fields of an object; throws `Error{invalid_request}` at `where` when it is none.
  void add_all(const Json& object, const std::string& where);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Null when there is none.
  const std::string* find(std::string_view name) const;
  /// Takes a field out; empty when there is none.
  std::string take(std::string_view name);
  bool empty() const { return fields_.empty(); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

  /// Writes them all into the object that is open.
  void write(json::Writer& writer) const;

 private:
  void set(std::string name, std::string value);

  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace antiphon::inline v0::codec
