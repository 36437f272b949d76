#include "providers/json_request.hpp"

#include <utility>

#include <antiphon/version.hpp>

namespace antiphon::inline v0::codec {

namespace {

constexpr const char* user_agent = "antiphon/" ANTIPHON_VERSION_STRING;

}  // namespace

HttpRequest json_post(std::string url, std::string_view accept) {
  HttpRequest request;
  request.url = std::move(url);
  request.headers.add("Content-Type", "application/json").add("Accept", std::string(accept));
  request.headers.add("User-Agent", user_agent);
  return request;
}

HttpRequest plain_get(std::string url, std::string_view accept) {
  HttpRequest request;
  request.method = "GET";
  request.url = std::move(url);
  request.headers.add("Accept", std::string(accept)).add("User-Agent", user_agent);
  return request;
}

HttpRequest json_get(std::string url) { return plain_get(std::move(url), "application/json"); }

}  // namespace antiphon::inline v0::codec
