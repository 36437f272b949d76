#include "providers/aws_sts_answer.hpp"

#include <optional>

#include "providers/credential_errors.hpp"
#include "providers/header_key.hpp"
#include "providers/rfc3339.hpp"
#include "providers/xml_leaves.hpp"

namespace antiphon::inline v0::codec {

namespace {

struct StsWords {
  AwsKeys keys;
  std::string expiration;
  std::string code;
  std::string message;
  bool is_xml = false;
};

StsWords read_sts_words(std::string_view body, const std::string& operation) {
  StsWords words;
  const std::string keys = operation + "Response/" + operation + "Result/Credentials/";
  constexpr std::string_view error = "ErrorResponse/Error/";
  words.is_xml = read_xml_leaves(body, [&](std::string_view path, std::string_view text) {
    if (path.starts_with(keys)) {
      const std::string_view name = path.substr(keys.size());
      if (name == "AccessKeyId") words.keys.access_key_id = text;
      if (name == "SecretAccessKey") words.keys.secret_access_key = text;
      if (name == "SessionToken") words.keys.session_token = text;
      if (name == "Expiration") words.expiration = text;
    } else if (path.starts_with(error)) {
      const std::string_view name = path.substr(error.size());
      if (name == "Code") words.code = text;
      if (name == "Message") words.message = text;
    }
  });
  return words;
}

/// Some refusals have the status of a bad request, and pass.
Error refusal(const HttpResponse& answer, std::string_view who, const StsWords& words,
              const std::vector<std::string>& secrets) {
  int status = answer.status;
  if (words.code == "IDPCommunicationError") status = 503;
  if (words.code == "Throttling" || words.code == "ThrottlingException") status = 429;
  Error error = credential_refusal(sts_place, who, status, words.code, words.message, secrets);
  error.http_status(answer.status);
  return error;
}

}  // namespace

Result<Fetched<AwsKeys>> read_assumed_role(const HttpResponse& answer, const std::string& operation,
                                           std::string_view who, const std::vector<std::string>& secrets) {
  const StsWords words = read_sts_words(answer.body, operation);
  if (answer.status < 200 || answer.status >= 300) return refusal(answer, who, words, secrets);
  if (!words.is_xml) return credential_answer_error(sts_place, who, "it is not a document of XML");
  if (!fits_header(words.keys.access_key_id)) return credential_answer_error(sts_place, who, "no AccessKeyId");
  if (words.keys.secret_access_key.empty()) return credential_answer_error(sts_place, who, "no SecretAccessKey");
  if (!fits_header(words.keys.session_token)) return credential_answer_error(sts_place, who, "no SessionToken");
  const auto expires = parse_rfc3339(words.expiration);
  if (!expires) return credential_answer_error(sts_place, who, "no Expiration that is a time");
  return Fetched<AwsKeys>{words.keys, expires};
}

}  // namespace antiphon::inline v0::codec
