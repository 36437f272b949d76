#pragma once

#include <string_view>

#include "core/answer_builder.hpp"
#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// The arguments of a call as a provider sent them: the text of a string, of anything else its own bytes (providers.md,
/// trap 67). Bytes that are no JSON are told at `where` and kept, so that nobody takes them for no arguments: a tool is
/// not run with them (trap 69).
inline std::string_view read_call_arguments(AnswerBuilder& builder, std::string_view where, json::Value value) {
  if (const auto text = value.string()) return *text;
  if (value.is_null()) return {};
  if (const auto raw = value.raw()) return *raw;
  builder.warn(where, "the arguments are not valid JSON, or nested too deep; they are kept as they came");
  return value.span();
}

}  // namespace antiphon::inline v0::codec
