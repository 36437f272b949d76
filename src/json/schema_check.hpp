#pragma once

#include <string>
#include <string_view>

namespace antiphon::inline v0::json {

/// What in `value` does not follow `schema`, with places; empty when nothing does. A quick check of what models get
/// wrong: types, required and unknown members, enumerations, ranges and lengths, also inside `$ref`, `anyOf`, `oneOf`
/// and `allOf`. Other keywords are not looked at.
std::string schema_objection(std::string_view schema, std::string_view value);

}  // namespace antiphon::inline v0::json
