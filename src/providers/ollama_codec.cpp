#include "providers/errors.hpp"
#include "providers/json_request.hpp"
#include "providers/model_list.hpp"
#include "providers/ollama.hpp"

namespace antiphon::inline v0::codec {

Error OllamaCodec::error(int status, const HttpHeaders& headers, std::string_view body,
                         std::chrono::system_clock::time_point now) const {
  return read_error(status, headers, body, now);
}

bool OllamaCodec::needs_bytes(const Part& part, Role role, const Target& /*target*/) const {
  return part.kind() == PartKind::image && role != Role::tool;
}

HttpRequest OllamaCodec::list_models(const Target& target, std::string_view) const {
  return json_get(target.base_url + "/api/tags");
}

ModelPage OllamaCodec::models(std::string_view body) const {
  return read_model_list(body, {.rows = "models", .name = "model", .old_name = "name"});
}

}  // namespace antiphon::inline v0::codec
