#pragma once

#include <string>
#include <string_view>

#include <antiphon/json.hpp>

#include "shown_text.hpp"

namespace antiphon::cli {

/// Builds one JSON object, member by member.
class JsonObject {
 public:
  JsonObject& text(std::string_view name, std::string_view value) { return json(name, shown_text(value)); }
  JsonObject& json(std::string_view name, const Json& value) {
    members_ += members_.empty() ? "" : ",";
    members_ += shown_text(name).text() + ":" + value.text();
    return *this;
  }
  Json build() const { return Json("{" + members_ + "}"); }

 private:
  std::string members_;
};

/// Builds one JSON array.
class JsonArray {
 public:
  JsonArray& add(const Json& value) {
    elements_ += elements_.empty() ? "" : ",";
    elements_ += value.text();
    return *this;
  }
  Json build() const { return Json("[" + elements_ + "]"); }

 private:
  std::string elements_;
};

}  // namespace antiphon::cli
