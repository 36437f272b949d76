#pragma once

#include <simdjson.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace antiphon::test {

/// A JSON text, read by places such as `/error/kind`.
class Parsed {
 public:
  explicit Parsed(const std::string& text) {
    if (parser_.parse(text).get(root_)) throw std::runtime_error("no JSON: " + text);
  }
  bool has(std::string_view place) { return root_.at_pointer(place).error() == simdjson::SUCCESS; }
  std::string text(std::string_view place) {
    std::string_view value;
    if (root_.at_pointer(place).get(value)) throw std::runtime_error("no text at " + std::string(place));
    return std::string(value);
  }
  double number(std::string_view place) {
    double value = 0;
    if (root_.at_pointer(place).get(value)) throw std::runtime_error("no number at " + std::string(place));
    return value;
  }
  /// The value as JSON without blanks.
  std::string json(std::string_view place) {
    simdjson::dom::element value;
    if (root_.at_pointer(place).get(value)) throw std::runtime_error("nothing at " + std::string(place));
    return simdjson::minify(value);
  }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

}  // namespace antiphon::test
