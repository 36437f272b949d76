#include "providers/errors.hpp"
#include "providers/json_request.hpp"
#include "providers/model_list.hpp"
#include "providers/openai_responses.hpp"

namespace antiphon::inline v0::codec {

Error OpenAiResponsesCodec::error(int status, const HttpHeaders& headers, std::string_view body,
                                  std::chrono::system_clock::time_point now) const {
  return read_error(status, headers, body, now);
}

HttpRequest OpenAiResponsesCodec::list_models(const Target& target, std::string_view) const {
  return json_get(target.base_url + "/models");
}

ModelPage OpenAiResponsesCodec::models(std::string_view body) const {
  return read_model_list(body, {.rows = "data", .name = "id", .old_name = "name"});
}

}  // namespace antiphon::inline v0::codec
