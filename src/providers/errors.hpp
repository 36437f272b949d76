#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <antiphon/error.hpp>
#include <antiphon/http.hpp>

#include "providers/error_words.hpp"

namespace antiphon::inline v0::codec {

/// As much of a body as an error keeps.
inline constexpr std::size_t most_kept_body = std::size_t{64} << 10;

/// What a provider's own name of an error says.
struct ErrorName {
  std::string code = {};               ///< takes the place of the body's
  std::optional<ErrorKind> kind = {};  ///< what it is, whatever the status
};

/// What an answer with an error status says. `body` may be anything. Pure; `now` is for dates to wait for.
Error read_error(int status, const HttpHeaders& headers, std::string_view body,
                 std::chrono::system_clock::time_point now, const ErrorName& name = {});

/// The error inside an answer that began well: `root` is the object that holds it.
Error in_band_error(json::Value root, const ErrorName& name = {});

/// The same from the provider's words alone.
Error in_band_error(ErrorWords words, const ErrorName& name = {});

/// An answer that is no JSON at all, an HTML page perhaps, although its status is a good one.
Error not_json(std::string_view body, std::string_view why);

/// The provider's id of a request; empty when it sent none.
std::string request_id(const HttpHeaders& headers);

}  // namespace antiphon::inline v0::codec
