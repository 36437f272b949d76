#include "providers/gemini_citations.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "providers/json_fields.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Value;

/// A missing number is zero here (providers.md §4.1).
std::int64_t number_or_zero(const JsonFields& fields, std::string_view name) {
  const auto field = fields.find(name);
  const Count count = field ? field->count() : Count();
  return count.known() ? count.at_least() : 0;
}

/// `{"web":{"uri","title"}}`, `{"retrievedContext":{"uri","title","text"}}`, `{"maps":{…}}`,
/// `{"image":{"sourceUri","imageUri", "title"}}`; nothing for one too long.
std::optional<Citation> read_chunk(Value chunk) {
  const std::string_view raw = chunk.raw().value_or("");
  if (raw.empty() || raw.size() > GeminiCitations::most_bytes) return std::nullopt;
  Citation source;
  chunk.fields([&](std::string_view, Value kind) {
    if (kind.type() != json::Type::object) return;
    const JsonFields of(kind);
    // The page that a picture is on, not the picture.
    const std::string_view page = of.text("uri").empty() ? of.text("sourceUri") : of.text("uri");
    source.url(std::string(page)).title(std::string(of.text("title"))).cited_text(std::string(of.text("text")));
  });
  return std::move(source.raw(Json(raw)));
}

std::string key_of(const Citation& citation) {
  return citation.url() + '\n' + citation.title() + '\n' + std::to_string(citation.start().value_or(-1)) + '\n' +
         std::to_string(citation.end().value_or(-1));
}

}  // namespace

void GeminiCitations::add(std::vector<Citation>& found, Citation citation) {
  if (known_.size() == most) {
    incomplete_ = true;
  } else if (known_.insert(key_of(citation)).second) {
    found.push_back(std::move(citation));
  }
}

std::vector<Citation> GeminiCitations::sources(Value citation_metadata) {
  std::vector<Citation> found;
  citation_metadata.fields([&](std::string_view key, Value list) {
    // Vertex AI has another name for them.
    if (key != "citationSources" && key != "citations") return;
    list.elements([&](Value entry) {
      const std::string_view raw = entry.raw().value_or("");
      if (raw.empty() || raw.size() > most_bytes) {
        incomplete_ = true;
        return;
      }
      const JsonFields fields(entry);
      Citation citation;
      citation.url(std::string(fields.text("uri"))).title(std::string(fields.text("title"))).raw(Json(raw));
      citation.start(number_or_zero(fields, "startIndex"));
      if (const std::int64_t end = number_or_zero(fields, "endIndex")) citation.end(end);
      add(found, std::move(citation));
    });
  });
  return found;
}

std::vector<Citation> GeminiCitations::supports(Value grounding_metadata) {
  const JsonFields fields(grounding_metadata);
  std::vector<Citation> found;
  std::vector<std::optional<Citation>> chunks;
  const auto list = fields.find("groundingChunks");
  const auto supports = fields.find("groundingSupports");
  if (!supports) return found;
  std::size_t sent = 0;
  if (list) {
    list->elements([&](Value chunk) {
      if (sent++ < most) chunks.push_back(read_chunk(chunk));
    });
  }
  supports->elements([&](Value support) {
    const JsonFields of(support);
    const auto segment = of.find("segment");
    const auto indices = of.find("groundingChunkIndices");
    if (!segment || !indices) return;
    const JsonFields where(*segment);
    indices->elements([&](Value index) {
      const Count at = index.count();
      if (incomplete_) return;
      if (!at.known() || at.at_least() < 0 || at.at_least() >= static_cast<std::int64_t>(sent)) {
        without_source_ = true;
        return;
      }
      if (at.at_least() >= static_cast<std::int64_t>(chunks.size())) {
        incomplete_ = true;
        return;
      }
      const std::optional<Citation>& source = chunks[static_cast<std::size_t>(at.at_least())];
      if (!source) {
        incomplete_ = true;
        return;
      }
      Citation citation = *source;
      citation.start(number_or_zero(where, "startIndex")).end(number_or_zero(where, "endIndex"));
      add(found, std::move(citation));
    });
  });
  return found;
}

}  // namespace antiphon::inline v0::codec
