#include "anthropic_dialect.hpp"

namespace antiphon::inline v0::simulator {
namespace {

class AnthropicDialect : public Dialect {
 public:
  std::string item_place(const std::string& place, std::size_t index) const override {
    return place + '.' + std::to_string(index);
  }

  Failure failure(Problem problem, const std::string& place, const std::string& detail) const override {
    const std::string text = sentence(problem, detail);
    return anthropic_refusal(place.empty() ? text : place + ": " + text);
  }

 private:
  static std::string sentence(Problem problem, const std::string& detail) {
    switch (problem) {
      case Problem::missing:
        return "Field required";
      case Problem::type:
      case Problem::value:
        return "Input should be " + detail;
      case Problem::too_low:
        return "Input should be greater than or equal to " + detail;
      case Problem::too_high:
        return "Input should be less than or equal to " + detail;
      case Problem::unknown:
        return "Extra inputs are not permitted";
      case Problem::other:
        break;
    }
    return detail;
  }
};

}  // namespace

const Dialect& anthropic_dialect() {
  static const AnthropicDialect dialect;
  return dialect;
}

Failure anthropic_refusal(std::string message, std::string code) {
  return {400, std::move(message), "invalid_request_error", std::move(code), ""};
}

}  // namespace antiphon::inline v0::simulator
