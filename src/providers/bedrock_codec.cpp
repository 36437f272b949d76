#include <string>

#include "providers/aws_exceptions.hpp"
#include "providers/bedrock.hpp"
#include "providers/errors.hpp"
#include "providers/json_request.hpp"
#include "providers/model_list.hpp"
#include "providers/percent.hpp"

namespace antiphon::inline v0::codec {

std::string bedrock_model_url(const Target& target, std::string_view operation) {
  std::string url = target.base_url + "/model/";
  append_percent_encoded(url, target.model);
  return url.append("/").append(operation);
}

Error BedrockCodec::error(int status, const HttpHeaders& headers, std::string_view body,
                          std::chrono::system_clock::time_point now) const {
  return read_error(status, headers, body, now, aws_error_name(headers, body));
}

bool BedrockCodec::needs_bytes(const Part& part, Role role, const Target& /*target*/) const {
  if (part.kind() == PartKind::audio) return false;
  return part.kind() == PartKind::image || role != Role::assistant;
}

/// Models are listed by another host than the one that runs them (providers.md §7.5).
HttpRequest BedrockCodec::list_models(const Target& target, std::string_view) const {
  std::string url = target.base_url;
  constexpr std::string_view runtime = "://bedrock-runtime";
  if (const std::size_t at = url.find(runtime); at != std::string::npos) url.replace(at, runtime.size(), "://bedrock");
  return json_get(url + "/foundation-models");
}

ModelPage BedrockCodec::models(std::string_view body) const {
  return read_model_list(body, {.rows = "modelSummaries", .name = "modelId"});
}

}  // namespace antiphon::inline v0::codec
