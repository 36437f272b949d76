#pragma once

#include <concepts>
#include <iosfwd>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <antiphon/export.hpp>

namespace antiphon::inline v0 {

/// JSON as text. Antiphon puts no JSON library into your build: JSON goes in and comes out as text, byte for byte
/// as it was given or received.
///
/// Built from text, or from any value of a JSON library that has `.dump()`. The text is not checked here; a call
/// that uses it reports `ErrorKind::invalid_request` with the place when it is not JSON.
class Json {
 public:
  Json() = default;
  Json(std::string text) : text_(std::move(text)) {}
  Json(std::string_view text) : text_(text) {}
  Json(const char* text) : text_(text) {}

  template <class T>
    requires requires(const T& value) {
      { value.dump() } -> std::convertible_to<std::string>;
    }
  Json(const T& value) : text_(value.dump()) {}

  /// A JSON string with this text, quoted and escaped. One that is not UTF-8 is no JSON: a call that uses it fails.
  ANTIPHON_EXPORT static Json string(std::string_view text);
  /// A JSON number in its shortest form. One that is not finite is no JSON: a call that uses it fails.
  ANTIPHON_EXPORT static Json number(double value);
  /// A value as JSON: true or false, a number, a text, or JSON itself.
  template <class T>
  static Json of(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return Json(value ? "true" : "false");
    } else if constexpr (std::is_integral_v<T>) {
      return Json(std::to_string(value));
    } else if constexpr (std::is_floating_point_v<T>) {
      return number(static_cast<double>(value));
    } else if constexpr (std::is_same_v<T, Json>) {
      return value;
    } else {
      return string(std::string_view(value));
    }
  }

  const std::string& text() const& { return text_; }
  std::string text() && { return std::move(text_); }
  /// Empty when this is one JSON value, else what is wrong and where (`byte 17: …`).
  ANTIPHON_EXPORT std::string check() const;
  bool empty() const { return text_.empty(); }
  /// Read into a type of yours, with `<antiphon/describe.hpp>`; see `read_json` there.
  template <class T>
  T as() const;

  /// Equal as text; `{"a":1}` and `{ "a": 1 }` differ.
  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::string text_;
};

ANTIPHON_EXPORT std::ostream& operator<<(std::ostream& out, const Json& json);

}  // namespace antiphon::inline v0
