#pragma once

#include <string>
#include <string_view>

#include <antiphon/json.hpp>

#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// A JSON Schema in the form in which OpenAI enforces one (providers.md §1.4, trap 78).
struct StrictSchema {
  /// Its objects are closed, and a default, which would be refused, is told in the description.
  std::string schema;
  /// Why there is no such form; empty when there is one. Every answer by it is one by the schema that was given: an
  /// optional property cannot be made one that may be null.
  std::string obstacle;
  bool changed = false;
};

/// `schema` must be JSON.
StrictSchema strict_schema(std::string_view schema);

/// A schema as it is sent, and whether OpenAI is asked to enforce it.
struct SentSchema {
  std::string schema;
  bool strict;
};

/// The same for a request that asks for it: where it cannot be enforced it goes as it is, not strict, which is noted at
/// `place/strict`.
SentSchema strict_schema_or_plain(const Json& schema, const std::string& place, RequestNotes& notes);

}  // namespace antiphon::inline v0::codec
