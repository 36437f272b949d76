#include "providers/url_citation.hpp"

#include <cstdint>
#include <string>

#include "providers/json_fields.hpp"

namespace antiphon::inline v0::codec {

std::optional<Citation> read_url_citation(json::Value annotation) {
  const JsonFields outer(annotation);
  const auto inner = outer.find("url_citation");
  if (outer.text("type") != "url_citation" || !inner) return std::nullopt;
  const JsonFields fields(*inner);
  if (fields.text("url").empty()) return std::nullopt;
  Citation citation;
  citation.url(std::string(fields.text("url"))).title(std::string(fields.text("title")));
  // OpenRouter has the words of the page here, and an empty span where it does not know which words of the answer are
  // meant (observed of the service, August 2026).
  citation.cited_text(std::string(fields.text("content"))).raw(Json(annotation.raw().value_or("{}")));
  const auto start = fields.find("start_index");
  const auto end = fields.find("end_index");
  const bool known = start && end && start->count().known() && end->count().known();
  if (known && start->count().at_least() < end->count().at_least()) {
    citation.start(start->count().at_least()).end(end->count().at_least());
  }
  return citation;
}

}  // namespace antiphon::inline v0::codec
