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
  const OpenAiChatDialect& dialect = openai_chat_dialect(target);
  if (part.kind() == PartKind::audio) return true;
  return part.kind() == PartKind::document ? !dialect.document_urls : !dialect.image_urls;
}

HttpRequest OpenAiChatCodec::list_models(const Target& target, std::string_view) const {
  return json_get(target.base_url + "/models");
}

ModelPage OpenAiChatCodec::models(std::string_view body) const {
  return read_model_list(body, {.rows = "data", .name = "id", .old_name = "name"});
}

}  // namespace antiphon::inline v0::codec
