#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// The members of an object by name, for those that are read out of order; nulls count as absent, the last of a name
/// wins. Good as long as the value is.
class JsonFields {
 public:
  explicit JsonFields(json::Value object) {
    object.fields([this](std::string_view key, json::Value value) {
      if (!value.is_null()) fields_.emplace_back(key, value);
    });
  }

  std::optional<json::Value> find(std::string_view key) const {
    for (auto field = fields_.rbegin(); field != fields_.rend(); ++field) {
      if (field->first == key) return field->second;
    }
    return std::nullopt;
  }
  /// Empty when there is none, or it is no text.
  std::string_view text(std::string_view key) const {
    const auto value = find(key);
    return value ? value->string().value_or("") : std::string_view();
  }

 private:
  std::vector<std::pair<std::string_view, json::Value>> fields_;
};

}  // namespace antiphon::inline v0::codec
