#include <cmath>

#include <antiphon/json.hpp>

#include "json/reader.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0 {

Json Json::string(std::string_view text) { return Json(json::quoted(text)); }

Json Json::number(double value) {
  // Not JSON: reported with its name when a call is made.
  if (!std::isfinite(value)) return Json(std::isnan(value) ? "NaN" : "Infinity");
  std::string text;
  json::Writer(text).number(value);
  return Json(std::move(text));
}

std::string Json::check() const { return json::check(text_); }

}  // namespace antiphon::inline v0
