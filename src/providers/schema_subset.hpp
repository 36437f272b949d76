#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::inline v0::codec {

/// A JSON Schema without the keywords that a provider refuses (providers.md, trap 78), names of properties untouched,
/// and which keywords had to go, each once.
struct SchemaSubset {
  std::string schema;
  std::vector<std::string> dropped;
};

/// Keywords, one after the other.
std::string listed(const std::vector<std::string>& keywords);

/// `schema` must be JSON. For a provider that takes closed objects only: each gets `"additionalProperties": false`.
/// `minItems` goes where it is more than 1.
SchemaSubset closed_without_keywords(std::string_view schema, std::initializer_list<std::string_view> keywords);

/// For a provider whose values have one type, may be `"nullable": true` beside it, and are texts where they are listed:
/// several types become a choice of them.
SchemaSubset single_typed_without_keywords(std::string_view schema, std::initializer_list<std::string_view> keywords);

}  // namespace antiphon::inline v0::codec
