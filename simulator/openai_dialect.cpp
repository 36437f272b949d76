#include "openai_dialect.hpp"

namespace antiphon::inline v0::simulator {
namespace {

class OpenAi : public Dialect {
 public:
  Failure failure(Problem problem, const std::string& place, const std::string& detail) const override {
    const std::string kind = detail.find('.') == std::string::npos ? "integer" : "decimal";
    switch (problem) {
      case Problem::missing:
        return openai_refusal("Missing required parameter: '" + place + "'.", place, "missing_required_parameter");
      case Problem::type:
        return openai_refusal("Invalid type for '" + place + "': it must be " + detail + '.', place, "invalid_type");
      case Problem::value:
        return openai_refusal("Invalid value for '" + place + "'. Supported are: " + detail + '.', place,
                              "invalid_value");
      case Problem::too_low:
        return openai_refusal("Invalid '" + place + "': " + kind + " below minimum value " + detail + '.', place,
                              kind + "_below_min_value");
      case Problem::too_high:
        return openai_refusal("Invalid '" + place + "': " + kind + " above maximum value " + detail + '.', place,
                              kind + "_above_max_value");
      case Problem::unknown:
        return openai_refusal("Unknown parameter: '" + place + "'.", place, "unknown_parameter");
      case Problem::other:
        break;
    }
    return openai_refusal(detail, place);
  }
};

}  // namespace

const Dialect& openai_dialect() {
  static const OpenAi dialect;
  return dialect;
}

Failure openai_refusal(std::string message, std::string param, std::string code) {
  return {400, std::move(message), "invalid_request_error", std::move(code), std::move(param)};
}

}  // namespace antiphon::inline v0::simulator
