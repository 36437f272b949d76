#pragma once

#include "json.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {

/// A value that fits a JSON Schema, as far as simple keywords go: types, properties, items, enum, const, ranges,
/// lengths, formats, local references, anyOf, oneOf, allOf. Deep recursion ends with the shortest way out.
json::value sample_of(const json::value& schema, Random& random);

}  // namespace antiphon::inline v0::simulator
