#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/codec.hpp>

#include "fixture.hpp"
#include "providers/answer_reader.hpp"

namespace antiphon::tests {

/// What a provider sent, and how it is to be read.
struct RecordedAnswer {
  std::string protocol;
  std::string bytes;
  int status = 200;
  HttpHeaders headers;
  bool stream = false;
  /// `max_response_bytes`.
  std::size_t most_bytes = std::size_t{1} << 20;
  /// No shorter beginning of the bytes may be taken for a complete answer; nothing when no beginning may.
  std::optional<std::size_t> complete_from;
};

RecordedAnswer recorded(const Fixture& fixture);

/// An event of a stream of SSE that is this JSON.
inline std::string data_event(const std::string& json) { return "data: " + json + "\n\n"; }

/// What came of it.
struct ReadAnswer {
  std::vector<std::string> chunks;  ///< as JSON
  Result<Response> result;

  std::string as_json() const { return result ? to_json(*result) : to_json(result.error()); }
  /// The answer, or what had arrived of it.
  const Response* response() const { return result ? &*result : result.error().partial(); }
};

/// Feeds the bytes, cut at these places, then ends them.
ReadAnswer read_answer(const RecordedAnswer& answer, const std::vector<std::size_t>& cuts = {},
                       std::optional<Error> transport_error = std::nullopt);

}  // namespace antiphon::tests
