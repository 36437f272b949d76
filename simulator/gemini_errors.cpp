#include "gemini_errors.hpp"

#include "gemini_names.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

std::string status_name(int http) {
  switch (http) {
    case 400:
      return "INVALID_ARGUMENT";
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 409:
      return "ABORTED";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 499:
      return "CANCELLED";
    case 501:
      return "UNIMPLEMENTED";
    case 503:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return http >= 500 ? "INTERNAL" : "UNKNOWN";
  }
}

class GeminiDialect : public Dialect {
 public:
  Failure failure(Problem problem, const std::string& place, const std::string& detail) const override {
    const std::string where = snake_name(place);
    Failure failure = gemini_failure(400, message(problem, place, where, detail));
    const std::string field = problem == Problem::unknown ? parent_of(where) : where;
    json::object violation{{"description", failure.message}};
    if (!field.empty()) violation["field"] = field;
    failure.details.push_back({{"@type", "type.googleapis.com/google.rpc.BadRequest"},
                               {"fieldViolations", json::array{std::move(violation)}}});
    return failure;
  }

 private:
  static std::string parent_of(const std::string& place) {
    const auto dot = place.rfind('.');
    return dot == std::string::npos ? "" : place.substr(0, dot);
  }

  static std::string message(Problem problem, const std::string& place, const std::string& where,
                             const std::string& detail) {
    switch (problem) {
      case Problem::unknown: {
        const std::string parent = parent_of(where);
        const std::string at = parent.empty() ? "" : " at '" + parent + "'";
        return "Invalid JSON payload received. Unknown name \"" + place.substr(place.rfind('.') + 1) + '"' + at +
               ": Cannot find field.";
      }
      case Problem::missing:
        return "* " + where + ": it is not specified";
      case Problem::other:
        return detail;
      case Problem::too_low:
        return "Unable to submit request because '" + where + "' is less than " + detail + '.';
      case Problem::too_high:
        return "Unable to submit request because '" + where + "' is greater than " + detail + '.';
      case Problem::type:
      case Problem::value:
        break;
    }
    return "Invalid value at '" + where + "': expected " + detail + '.';
  }
};

}  // namespace

const Dialect& gemini_dialect() {
  static const GeminiDialect dialect;
  return dialect;
}

Failure gemini_failure(int status, std::string message, std::string reason) {
  return {status, std::move(message), "", std::move(reason)};
}

std::string gemini_error(const Failure& failure) {
  json::array details = failure.details;
  if (!failure.code.empty()) {
    details.push_back({{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
                       {"reason", failure.code},
                       {"domain", "googleapis.com"}});
  }
  if (failure.retry_after) {
    details.push_back({{"@type", "type.googleapis.com/google.rpc.RetryInfo"},
                       {"retryDelay", short_decimal(*failure.retry_after) + 's'}});
  }
  json::object error;
  error["code"] = failure.status;
  error["message"] = failure.message;
  error["status"] = failure.type.empty() ? status_name(failure.status) : failure.type;
  if (!details.empty()) error["details"] = std::move(details);
  return json::serialize(json::object{{"error", std::move(error)}});
}

}  // namespace antiphon::inline v0::simulator
