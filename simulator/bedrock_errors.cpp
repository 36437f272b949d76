#include "bedrock_errors.hpp"

#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string type_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return "AccessDeniedException";
    case 404:
      return "ResourceNotFoundException";
    case 408:
      return "ModelTimeoutException";
    case 424:
      return "ModelErrorException";
    case 429:
      return "ThrottlingException";
    case 503:
      return "ServiceUnavailableException";
    default:
      return status >= 500 ? "InternalServerException" : "ValidationException";
  }
}

class BedrockDialect : public Dialect {
 public:
  std::string item_place(const std::string& place, std::size_t index) const override {
    return place + '.' + std::to_string(index);
  }
  Failure failure(Problem problem, const std::string& place, const std::string& detail) const override {
    const std::string at = "Value at '" + place + "' failed to satisfy constraint: Member must ";
    switch (problem) {
      case Problem::missing:
        return bedrock_failure(400, at + "not be null");
      case Problem::too_low:
        return bedrock_failure(400, at + "have value greater than or equal to " + detail);
      case Problem::too_high:
        return bedrock_failure(400, at + "have value less than or equal to " + detail);
      case Problem::unknown:
        return bedrock_failure(400, "Malformed input request: extraneous key [" + place + "] is not permitted");
      case Problem::other:
        return bedrock_failure(400, detail);
      case Problem::type:
      case Problem::value:
        break;
    }
    return bedrock_failure(400, at + "be " + detail);
  }
};

}  // namespace

const Dialect& bedrock_dialect() {
  static const BedrockDialect dialect;
  return dialect;
}

Failure bedrock_failure(int status, std::string message) { return {status, std::move(message)}; }

void refuse_bedrock(std::string message) { throw bedrock_failure(400, std::move(message)); }

Failure bedrock_wrong_method() {
  return {405, "This operation does not take this method.", "UnknownOperationException"};
}

std::string bedrock_error_type(const Failure& failure) {
  std::string type = failure.type.empty() ? type_of(failure.status) : failure.type;
  type.front() = upper(type.front());
  return type;
}

std::string bedrock_exception(const Failure& failure) {
  std::string type = bedrock_error_type(failure);
  if (type == "ModelErrorException") type = "ModelStreamErrorException";
  type.front() = lower(type.front());
  return type;
}

}  // namespace antiphon::inline v0::simulator
