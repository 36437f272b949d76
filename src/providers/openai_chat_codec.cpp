#include "providers/errors.hpp"
#include "providers/json_request.hpp"
#include "providers/model_list.hpp"
#include "providers/openai_chat.hpp"

namespace antiphon::inline v0::codec {

Error OpenAiChatCodec::error(int status, const HttpHeaders& headers, std::string_view body,
                             std::chrono::system_clock::time_point now) const {
  return read_error(status, headers, body, now);
}

bool OpenAiChatCodec::needs_bytes(const Part& part, Role role, const Target& target) const {
  if (role != Role::user) return false;
  return part.kind() != PartKind::image || !openai_chat_dialect(target).image_urls;
}

HttpRequest OpenAiChatCodec::list_models(const Target& target) const { return json_get(target.base_url + "/models"); }

std::vector<ModelInfo> OpenAiChatCodec::models(std::string_view body) const {
  return read_model_list(body, {"data", "id", "name"});
}

}  // namespace antiphon::inline v0::codec
