#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <antiphon/error.hpp>

#include "core/answer_builder.hpp"
#include "json/reader.hpp"
#include "providers/errors.hpp"

namespace antiphon::inline v0::codec {

/// Reads one JSON text of an answer. Bytes that had to be repaired are a warning of it; an error when it is no JSON.
template <class Visit>
std::optional<Error> read_json_of_answer(json::Reader& reader, AnswerBuilder& builder, std::string_view padded,
                                         Visit&& visit) {
  reader.read(padded, std::forward<Visit>(visit));
  if (reader.repaired()) builder.warn("encoding", "bytes that are not UTF-8 were repaired (U+FFFD)");
  if (!reader.failed()) return std::nullopt;
  return not_json(padded, reader.error());
}

/// Of a text that is no JSON nobody can say what is missing in it: that it is none counts. What it told of a failure
/// before it broke off counts more.
inline void judge_broken(std::optional<Error>& error, std::optional<Error> broken) {
  if (broken && (!error || error->kind() == ErrorKind::protocol)) error = std::move(broken);
}

/// Keeps what we have no name for under the provider's own, as the bytes that it is.
inline void keep_metadata(AnswerBuilder& builder, std::string_view name, json::Value value) {
  // The same in every event, mostly, and checked when it came first.
  if (const std::string_view said = value.span(); !said.empty() && builder.has_metadata(name, said)) return;
  if (const auto raw = value.raw()) {
    builder.metadata(name, *raw);
  } else {
    builder.warn(name, "is not valid JSON, or nested too deep, and left out");
  }
}

}  // namespace antiphon::inline v0::codec
