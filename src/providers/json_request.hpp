#pragma once

#include <string>
#include <string_view>

#include <antiphon/http.hpp>

namespace antiphon::inline v0::codec {

/// A request with a JSON body that is still empty. `accept` is the media type of the answer.
HttpRequest json_post(std::string url, std::string_view accept);

/// A request without a body. `accept` is the media type of the answer.
HttpRequest plain_get(std::string url, std::string_view accept);

/// The same for JSON.
HttpRequest json_get(std::string url);

}  // namespace antiphon::inline v0::codec
