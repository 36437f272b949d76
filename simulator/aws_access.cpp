#include "aws_access.hpp"

#include <algorithm>

#include "aws_signature.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

Failure refusal(std::string type, std::string message) {
  Failure failure;
  failure.status = 403;
  failure.type = std::move(type);
  failure.message = std::move(message);
  return failure;
}

Failure incomplete(std::string message) { return refusal("IncompleteSignatureException", std::move(message)); }

/// `YYYYMMDDTHHMMSSZ`
bool is_date(std::string_view text) {
  constexpr std::string_view form = "00000000T000000Z";
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !is_digit : text[i] != form[i]) return false;
  }
  return true;
}

std::optional<Failure> check_form(const RecordedRequest& request, const AwsAuthorization& authorization) {
  const std::string_view date = request.header("x-amz-date");
  if (!is_date(date)) return incomplete("Authorization header requires existence of a valid 'X-Amz-Date' header.");
  if (date.substr(0, 8) != authorization.date) {
    return refusal("InvalidSignatureException", "The date in the credential scope does not match X-Amz-Date.");
  }
  if (authorization.service != "bedrock") {
    return refusal("InvalidSignatureException", "Credential should be scoped to correct service: 'bedrock'.");
  }
  const auto& names = authorization.signed_headers;
  const auto is_signed = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!is_signed("host")) return incomplete("'Host' must be a 'SignedHeader' in the Authorization header.");
  for (const auto& [name, value] : request.headers) {
    const std::string lower = lower_case(name);
    if (lower.starts_with("x-amz-") && !is_signed(lower)) {
      return refusal("InvalidSignatureException", "The header '" + lower + "' is there but not signed.");
    }
  }
  return std::nullopt;
}

std::optional<Failure> check_signature(const RecordedRequest& request, const AwsAuthorization& authorization,
                                       const AwsKeys& keys) {
  const bool knows_key = keys.access_key.empty() || keys.access_key == authorization.access_key;
  if (!knows_key || request.header("x-amz-security-token") != keys.session_token) {
    return refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  if (aws_signature(request, authorization, keys.secret_key) == authorization.signature) return std::nullopt;
  return refusal("InvalidSignatureException",
                 "The request signature we calculated does not match the signature you provided.");
}

}  // namespace

std::optional<Failure> check_aws_access(const RecordedRequest& request, const Credentials& wanted) {
  const std::string_view header = request.header("authorization");
  const bool lets_all_in = wanted.api_key.empty() && wanted.aws.secret_key.empty();
  if (header.empty()) return refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
  constexpr std::string_view bearer = "Bearer ";
  if (header.starts_with(bearer)) {
    const std::string_view token = header.substr(bearer.size());
    if (!token.empty() && (lets_all_in || token == wanted.api_key)) return std::nullopt;
    return refusal("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.");
  }
  const auto authorization = parse_aws_authorization(header);
  if (!authorization) return incomplete("The Authorization header is no AWS4-HMAC-SHA256 signature.");
  if (auto failure = check_form(request, *authorization)) return failure;
  if (!wanted.aws.secret_key.empty()) return check_signature(request, *authorization, wanted.aws);
  if (lets_all_in) return std::nullopt;
  return refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
}

}  // namespace antiphon::inline v0::simulator
