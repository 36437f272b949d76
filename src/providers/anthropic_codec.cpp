#include "providers/anthropic.hpp"
#include "providers/anthropic_vertex.hpp"
#include "providers/errors.hpp"
#include "providers/json_request.hpp"
#include "providers/model_list.hpp"
#include "providers/percent.hpp"

namespace antiphon::inline v0::codec {

Error AnthropicCodec::error(int status, const HttpHeaders& headers, std::string_view body,
                            std::chrono::system_clock::time_point now) const {
  return read_error(status, headers, body, now);
}

bool AnthropicCodec::needs_bytes(const Part& part, Role role, const Target& target) const {
  return part.kind() != PartKind::audio && !claude_takes_urls(*target.preset) && role != Role::assistant;
}

HttpRequest AnthropicCodec::list_models(const Target& target, std::string_view page) const {
  if (is_claude_on_vertex(target)) {
    throw Error(ErrorKind::unsupported, "Vertex AI does not tell which models a project may use").where("models");
  }
  const std::string_view base = target.base_url;
  HttpRequest request = json_get(std::string(base) + (base.ends_with("/v1") ? "/models" : "/v1/models") +
                                 "?limit=1000" + (page.empty() ? "" : "&after_id=" + percent_encoded(page)));
  request.headers.set("anthropic-version", "2023-06-01");
  return request;
}

ModelPage AnthropicCodec::models(std::string_view body) const {
  return read_model_list(body, {.rows = "data", .name = "id", .next = "last_id", .has_next = "has_more"});
}

}  // namespace antiphon::inline v0::codec
