#pragma once

#include <string_view>

#include <curl/curl.h>

#include <antiphon/error.hpp>

namespace antiphon::inline v0::transport {

/// What libcurl's result means in our words; `detail` is its error buffer, `socket_errno` why a socket could not be
/// opened, or 0.
Error to_error(CURLcode code, std::string_view detail, int socket_errno);

}  // namespace antiphon::inline v0::transport
