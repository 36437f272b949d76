#pragma once

#include <optional>

#include <antiphon/error.hpp>
#include <antiphon/http.hpp>

namespace antiphon::inline v0::transport {

/// Why these headers cannot be sent as they are; nothing when they can.
std::optional<Error> unsendable_header(const HttpHeaders& headers);

}  // namespace antiphon::inline v0::transport
