#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/http.hpp>

namespace antiphon::inline v0::codec {

/// Fields of a form, their names as they are on the wire.
using Form = std::vector<std::pair<std::string_view, std::string>>;

/// Posts a form to `url`. It goes the way that `like` goes: proxy and trusted certificates.
HttpRequest form_request(const std::string& url, const Form& form, const HttpRequest& like);

}  // namespace antiphon::inline v0::codec
