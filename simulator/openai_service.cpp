#include "openai_service.hpp"

namespace antiphon::inline v0::simulator {

Headers openai_headers(std::uint64_t number) {
  Random random(number);
  return {{"x-request-id", "req_" + random_name(random, 32)},
          {"openai-version", "2020-10-01"},
          {"openai-organization", "simulator"},
          {"openai-processing-ms", "7"}};
}

std::optional<Failure> check_openai_key(const RecordedRequest& request, const std::string& key) {
  const std::string_view given = request.header("authorization");
  if (given == "Bearer " + key) return std::nullopt;
  const std::string message = given.empty() ? "The request carries no API key." : "This API key is not known.";
  return Failure{401, message, "invalid_request_error", "invalid_api_key", ""};
}

json::value text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return json::string(text);
}

std::string openai_error(const Failure& failure) {
  const bool is_ours = failure.status >= 500;
  json::object error;
  error["message"] = failure.message;
  error["type"] = !failure.type.empty() ? failure.type : is_ours ? "server_error" : "invalid_request_error";
  error["param"] = text_or_null(failure.param);
  error["code"] = text_or_null(failure.code);
  return json::serialize(json::object{{"error", std::move(error)}});
}

Failure openai_unknown_model(const std::string& model) {
  return {404, "There is no model '" + model + "', or not for you.", "invalid_request_error", "model_not_found", ""};
}

Failure openai_wrong_method(const RecordedRequest& request) {
  return {405, "This path does not take " + request.method + '.', "invalid_request_error", "method_not_supported", ""};
}

Failure openai_unknown_path(const RecordedRequest& request) {
  return {404, "There is no " + request.method + ' ' + std::string(request.path()) + '.', "invalid_request_error", "",
          ""};
}

json::object logprob_of(const std::string& piece) {
  json::array bytes;
  for (char c : piece) bytes.emplace_back(static_cast<unsigned char>(c));
  json::object token;
  token["token"] = piece;
  token["logprob"] = -static_cast<double>(hash(piece) % 64) / 16;
  token["bytes"] = std::move(bytes);
  token["top_logprobs"] = json::array();
  return token;
}

}  // namespace antiphon::inline v0::simulator
