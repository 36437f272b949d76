#include <antiphon/json.hpp>

#include "json/reader.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0 {

Json Json::string(std::string_view text) { return Json(json::quoted(text)); }

std::string Json::check() const { return json::check(text_); }

}  // namespace antiphon::inline v0
