#include "providers/aws_exceptions.hpp"

#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "core/utf8.hpp"
#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

namespace {

struct Row {
  std::string_view name;
  ErrorKind kind;
};

constexpr Row rows[] = {
    {"validationexception", ErrorKind::invalid_request},
    {"accessdeniedexception", ErrorKind::permission},
    {"resourcenotfoundexception", ErrorKind::not_found},
    {"modeltimeoutexception", ErrorKind::timeout},
    {"modelerrorexception", ErrorKind::server_error},
    {"modelstreamerrorexception", ErrorKind::server_error},
    {"throttlingexception", ErrorKind::rate_limited},
    {"modelnotreadyexception", ErrorKind::overloaded},
    {"servicequotaexceededexception", ErrorKind::quota_exceeded},
    {"internalserverexception", ErrorKind::server_error},
    {"serviceunavailableexception", ErrorKind::overloaded},
    {"expiredtokenexception", ErrorKind::authentication},
    {"unrecognizedclientexception", ErrorKind::authentication},
    {"invalidsignatureexception", ErrorKind::authentication},
};

/// The text of a member of an object; empty when there is none.
std::string text_member(std::string_view json, std::string_view name) {
  std::string text;
  json::Reader reader;
  reader.read_copy(json.substr(0, most_kept_body), [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key == name) text = value.string().value_or("");
    });
  });
  return text;
}

Error exception_error(const wire::AwsFrame& frame) {
  const ErrorName name = aws_error_name(frame.headers.text(":exception-type"));
  std::optional<Error> error;
  json::Reader reader;
  const std::string_view kept = frame.payload.substr(0, most_kept_body);
  const bool is_json = reader.read_copy(kept, [&](json::Value root) { error = in_band_error(root, name); });
  if (is_json && error) return *error;
  ErrorWords words;
  words.message = utf8::repair(kept);
  return in_band_error(std::move(words), name).raw_body(std::string(kept));
}

}  // namespace

ErrorName aws_error_name(std::string_view exception) {
  exception = ascii::trim(exception.substr(0, exception.find(':')));
  exception = exception.substr(exception.rfind('#') + 1);
  ErrorName name;
  name.code = exception;
  if (!name.code.empty() && name.code[0] >= 'a' && name.code[0] <= 'z') {
    name.code[0] = static_cast<char>(name.code[0] - 'a' + 'A');
  }
  const std::string lower = ascii::to_lower(exception);
  for (const Row& row : rows) {
    if (row.name == lower) name.kind = row.kind;
  }
  return name;
}

ErrorName aws_error_name(const HttpHeaders& headers, std::string_view body) {
  if (const std::string* type = headers.find("x-amzn-errortype")) return aws_error_name(*type);
  return aws_error_name(text_member(body, "__type"));
}

std::optional<Error> aws_frame_error(const wire::AwsFrame& frame) {
  if (frame.message_type == "exception") return exception_error(frame);
  if (frame.message_type != "error") return std::nullopt;
  const ErrorName name = aws_error_name(frame.headers.text(":error-code"));
  ErrorWords words;
  words.message = utf8::repair(frame.headers.text(":error-message"));
  return in_band_error(std::move(words), name);
}

}  // namespace antiphon::inline v0::codec
