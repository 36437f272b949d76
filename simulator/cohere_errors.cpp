#include "cohere_errors.hpp"

#include "uuid.hpp"

namespace antiphon::inline v0::simulator {
namespace {

class CohereDialect : public Dialect {
 public:
  Failure failure(Problem problem, const std::string& place, const std::string& detail) const override {
    switch (problem) {
      case Problem::unknown:
        return cohere_failure(422, "unknown field: parameter '" + place + "' is not a valid field");
      case Problem::missing:
        return cohere_failure(400, "invalid request: " + place + " is required");
      case Problem::too_low:
        return cohere_failure(400, "invalid request: " + place + " must be at least " + detail);
      case Problem::too_high:
        return cohere_failure(400, "invalid request: " + place + " must be at most " + detail);
      case Problem::other:
        return cohere_failure(400, "invalid request: " + detail);
      case Problem::type:
      case Problem::value:
        break;
    }
    return cohere_failure(400, "invalid request: " + place + " must be " + detail);
  }
};

}  // namespace

const Dialect& cohere_dialect() {
  static const CohereDialect dialect;
  return dialect;
}

Failure cohere_failure(int status, std::string message) { return {status, std::move(message)}; }

std::string cohere_error(const Failure& failure) {
  return json::serialize(json::object{{"id", uuid_of(failure.request)}, {"message", failure.message}});
}

}  // namespace antiphon::inline v0::simulator
