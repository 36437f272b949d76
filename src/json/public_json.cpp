#include <cmath>

#include <antiphon/json.hpp>

#include "core/utf8.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0 {

Json Json::string(std::string_view text) {
  // What is not UTF-8 stays, and is no JSON: reported with its name when a call is made.
  std::string out = "\"";
  const auto append = [&out](std::string_view good) {
    const std::string quoted = json::quoted(good);
    out.append(quoted, 1, quoted.size() - 2);
  };
  while (const auto bad = utf8::find_invalid(text)) {
    const std::size_t length = utf8::first_piece(text.substr(*bad)).length;
    append(text.substr(0, *bad));
    out.append(text.substr(*bad, length));
    text.remove_prefix(*bad + length);
  }
  append(text);
  return Json(out + "\"");
}

Json Json::number(double value) {
  // Not JSON: reported with its name when a call is made.
  if (!std::isfinite(value)) return Json(std::isnan(value) ? "NaN" : "Infinity");
  std::string text;
  json::Writer(text).number(value);
  return Json(std::move(text));
}

std::string Json::check() const { return json::check(text_); }

}  // namespace antiphon::inline v0
