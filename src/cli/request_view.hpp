#pragma once

#include <string>

#include <antiphon/codec.hpp>

namespace antiphon::cli {

/// A request as one JSON object `{method, url, headers, body, warnings}`, secrets masked.
std::string request_as_json(const EncodedRequest& request);
/// The same as HTTP shows it, without the warnings.
std::string request_as_text(const EncodedRequest& request);

}  // namespace antiphon::cli
