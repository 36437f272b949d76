#include "providers/anthropic.hpp"
#include "providers/errors.hpp"
#include "providers/json_request.hpp"
#include "providers/model_list.hpp"

namespace antiphon::inline v0::codec {

Error AnthropicCodec::error(int status, const HttpHeaders& headers, std::string_view body,
                            std::chrono::system_clock::time_point now) const {
  return read_error(status, headers, body, now);
}

HttpRequest AnthropicCodec::list_models(const Target& target) const {
  const std::string_view base = target.base_url;
  HttpRequest request =
      json_get(std::string(base) + (base.ends_with("/v1") ? "/models" : "/v1/models") + "?limit=1000");
  request.headers.set("anthropic-version", "2023-06-01");
  return request;
}

std::vector<ModelInfo> AnthropicCodec::models(std::string_view body) const {
  return read_model_list(body, {"data", "id", "id"});
}

}  // namespace antiphon::inline v0::codec
