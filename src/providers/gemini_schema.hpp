#pragma once

#include <string>
#include <string_view>

#include <antiphon/json.hpp>

#include "json/writer.hpp"
#include "providers/gemini_models.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// Names of a field: the one that holds a schema of Google's own form, and the one that holds real JSON Schema.
struct GeminiSchemaField {
  std::string_view own;
  std::string_view json;
};

/// Writes a JSON Schema as a field: as it is where the model takes that, else what of it the older form has; `place` is
/// where keywords that had to go are noted (providers.md §4.2, trap 78).
void write_gemini_schema(json::Writer& writer, RequestNotes& notes, const GeminiModel& model,
                         const GeminiSchemaField& field, const Json& schema, const std::string& place);

/// Whether a schema of arguments has room for none: such a function is declared without them (providers.md §4.4).
bool takes_no_arguments(const Json& schema);

}  // namespace antiphon::inline v0::codec
