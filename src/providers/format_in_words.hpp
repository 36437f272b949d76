#pragma once

#include <string>

#include <antiphon/options.hpp>

#include "providers/described_answer.hpp"

namespace antiphon::inline v0::codec {

/// What asks a model for JSON, and for the schema of it, where no field of the request does.
inline std::string format_in_words(const ResponseFormat& format) {
  std::string words = "Answer with one JSON object and nothing else.";
  if (format.schema()) words += " It follows this JSON Schema: " + schema_with_description(*format.schema());
  return words;
}

}  // namespace antiphon::inline v0::codec
