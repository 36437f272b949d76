#pragma once

#include <string_view>

#include <curl/curl.h>

#include <antiphon/error.hpp>

namespace antiphon::inline v0::transport {

/// What libcurl's result means in our words; `detail` is its error buffer.
Error to_error(CURL* easy, CURLcode code, std::string_view detail);

}  // namespace antiphon::inline v0::transport
