#include "providers/aws_key_answer.hpp"

#include <optional>
#include <string>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/credential_errors.hpp"
#include "providers/header_key.hpp"
#include "providers/rfc3339.hpp"

namespace antiphon::inline v0::codec {

namespace {

struct AwsKeyWords {
  AwsKeys keys;
  std::string expiration;
  std::string code;
  std::string message;
};

/// Members by name; ECS writes those of its errors in lower case, EC2 in upper.
std::optional<AwsKeyWords> read_key_words(std::string_view body) {
  AwsKeyWords words;
  bool is_object = false;
  json::Reader reader;
  const bool is_json = reader.read_copy(body, [&](json::Value root) {
    is_object = root.fields([&](std::string_view key, json::Value value) {
      const std::string text(value.string().value_or(""));
      if (ascii::equal_ignoring_case(key, "AccessKeyId")) words.keys.access_key_id = text;
      if (ascii::equal_ignoring_case(key, "SecretAccessKey")) words.keys.secret_access_key = text;
      if (ascii::equal_ignoring_case(key, "Token")) words.keys.session_token = text;
      if (ascii::equal_ignoring_case(key, "Expiration")) words.expiration = text;
      if (ascii::equal_ignoring_case(key, "Code")) words.code = text;
      if (ascii::equal_ignoring_case(key, "Message")) words.message = text;
    });
  });
  if (!is_json || !is_object) return std::nullopt;
  return words;
}

}  // namespace

std::optional<Error> aws_server_refusal(const HttpResponse& answer, std::string_view place, std::string_view who,
                                        const std::string& secret) {
  if (answer.status >= 200 && answer.status < 300) return std::nullopt;
  const AwsKeyWords words = read_key_words(answer.body).value_or(AwsKeyWords());
  return credential_refusal(place, who, answer.status, words.code, words.message, {secret});
}

Result<Fetched<AwsKeys>> read_aws_keys(const HttpResponse& answer, std::string_view place, std::string_view who) {
  const std::optional<AwsKeyWords> words = read_key_words(answer.body);
  if (!words) return credential_answer_error(place, who, "it is not a JSON object");
  // EC2 says with a good status that the role may not be assumed.
  if (!words->code.empty() && words->code != "Success") {
    return credential_refusal(place, who, answer.status, words->code, words->message, {});
  }
  if (!fits_header(words->keys.access_key_id)) return credential_answer_error(place, who, "no AccessKeyId");
  if (words->keys.secret_access_key.empty()) return credential_answer_error(place, who, "no SecretAccessKey");
  if (!words->keys.session_token.empty() && !fits_header(words->keys.session_token)) {
    return credential_answer_error(place, who, "a Token that no header can hold");
  }
  const auto expires = parse_rfc3339(words->expiration);
  if (!words->expiration.empty() && !expires)
    return credential_answer_error(place, who, "an Expiration that is no time");
  return Fetched<AwsKeys>{words->keys, expires};
}

}  // namespace antiphon::inline v0::codec
