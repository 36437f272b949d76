#include "openai_service.hpp"

namespace antiphon::inline v0::simulator {

namespace {

std::string error_text(const Failure& failure) {
  const bool is_ours = failure.status >= 500;
  json::object error;
  error["message"] = failure.message;
  error["type"] = !failure.type.empty() ? failure.type : is_ours ? "server_error" : "invalid_request_error";
  error["param"] = text_or_null(failure.param);
  error["code"] = text_or_null(failure.code);
  return json::serialize(json::object{{"error", std::move(error)}});
}

}  // namespace

Headers OpenAiProtocol::headers(std::uint64_t number) const {
  Random random(number);
  return {{"x-request-id", "req_" + random_name(random, 32)},
          {"openai-version", "2020-10-01"},
          {"openai-organization", "simulator"},
          {"openai-processing-ms", "7"}};
}

std::optional<Failure> OpenAiProtocol::check_access(const RecordedRequest& request, const Credentials& wanted) const {
  if (wanted.api_key.empty()) return std::nullopt;
  const std::string_view given = request.header("authorization");
  if (given == "Bearer " + wanted.api_key) return std::nullopt;
  const std::string message = given.empty() ? "The request carries no API key." : "This API key is not known.";
  return Failure{401, message, "invalid_request_error", "invalid_api_key", ""};
}

json::value text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return json::string(text);
}

std::string OpenAiProtocol::error_body(const Failure& failure, const RecordedRequest&) const {
  return error_text(failure);
}

Event OpenAiProtocol::error_event(const Failure& failure) const { return {Event::Kind::failure, error_text(failure)}; }

Failure OpenAiProtocol::unknown_model(const std::string& model) const { return openai_unknown_model(model); }

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
  token["logprob"] = log_probability_of(piece);
  token["bytes"] = std::move(bytes);
  token["top_logprobs"] = json::array();
  return token;
}

}  // namespace antiphon::inline v0::simulator
