#include <cmath>

#include <antiphon/options.hpp>

#include "json/writer.hpp"

namespace antiphon::inline v0 {

Json Options::number(double value) {
  // Not JSON: reported with the option's name when the call is made.
  if (!std::isfinite(value)) return Json(std::isnan(value) ? "NaN" : "Infinity");
  std::string text;
  json::Writer(text).number(value);
  return Json(std::move(text));
}

Json Options::quoted(std::string_view text) { return Json(json::quoted(text)); }

}  // namespace antiphon::inline v0
