#include "providers/form_request.hpp"

#include "providers/percent.hpp"

namespace antiphon::inline v0::codec {

HttpRequest form_request(const std::string& url, const Form& form, const HttpRequest& like) {
  HttpRequest request;
  request.url = url;
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  for (const auto& [name, value] : form) {
    if (!request.body.empty()) request.body += '&';
    append_percent_encoded(request.body.append(name) += '=', value);
  }
  request.proxy = like.proxy;
  request.tls.ca_file(like.tls.ca_file());
  return request;
}

}  // namespace antiphon::inline v0::codec
