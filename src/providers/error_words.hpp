#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// What a provider says about a failure.
struct ErrorWords {
  std::string code;  ///< or the type, when there is no code
  std::string message;
  std::vector<std::string> labels;  ///< code, type and what else names the kind of failure, in lower case
  int status = 0;                   ///< a code that is an HTTP status, else 0
  std::optional<std::chrono::milliseconds> wait;
  std::optional<bool> should_retry;
  std::string background;  ///< what else is said, an upstream's own words for example
  std::string request_id;
  std::string param;  ///< the field of the request that it is about, in the provider's words

  bool empty() const { return code.empty() && message.empty(); }
};

/// Finds them in an object or array of any shape that is known: `error` as object, string or list; `message`,
/// `detail`, `title` or `base_resp` without one (providers.md, traps 14, 19, 23, 24).
ErrorWords read_error_words(json::Value root);

/// Whether the value of a field named `error` tells of one: not null, false or empty.
bool tells_error(json::Value value);

}  // namespace antiphon::inline v0::codec
