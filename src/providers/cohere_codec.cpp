#include <string>

#include "providers/cohere.hpp"
#include "providers/errors.hpp"
#include "providers/json_request.hpp"
#include "providers/model_list.hpp"
#include "providers/percent.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr const char* client_header = "X-Client-Name";
constexpr const char* client_name = "antiphon";

}  // namespace

std::string cohere_url(const Target& target, std::string_view path) {
  std::string_view base = target.base_url;
  for (const std::string_view version : {"/v1", "/v2"}) {
    if (base.ends_with(version)) base.remove_suffix(version.size());
  }
  return std::string(base).append(path);
}

HttpRequest cohere_post(const Target& target, std::string_view path, std::string_view accept) {
  HttpRequest request = json_post(cohere_url(target, path), accept);
  request.headers.set(client_header, client_name);
  return request;
}

/// With other providers 498 is a lack of capacity (providers.md §6.12, trap 30).
Error CohereCodec::error(int status, const HttpHeaders& headers, std::string_view body,
                         std::chrono::system_clock::time_point now) const {
  ErrorName name;
  if (status == 498) name.kind = ErrorKind::authentication;
  return read_error(status, headers, body, now, name);
}

bool CohereCodec::needs_bytes(const Part& part, Role role, const Target& /*target*/) const {
  return part.kind() == PartKind::document && role == Role::user;
}

HttpRequest CohereCodec::list_models(const Target& target, std::string_view page) const {
  HttpRequest request = json_get(cohere_url(target, "/v1/models?page_size=1000") +
                                 (page.empty() ? "" : "&page_token=" + percent_encoded(page)));
  request.headers.set(client_header, client_name);
  return request;
}

ModelPage CohereCodec::models(std::string_view body) const {
  return read_model_list(body, {.rows = "models", .name = "name", .next = "next_page_token"});
}

}  // namespace antiphon::inline v0::codec
