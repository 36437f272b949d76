#include "providers/beside_body.hpp"

#include <optional>
#include <string_view>

#include "core/utf8.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// `whose` is what the text is: `the value of x-team`.
std::string text_fault(const std::string& whose, std::string_view text) {
  const std::optional<std::size_t> bad = utf8::find_invalid(text);
  return bad ? whose + " is not UTF-8 at byte " + std::to_string(*bad) : std::string();
}

void refuse(const char* where, const std::string& fault) {
  if (!fault.empty()) throw invalid(where, fault);
}

}  // namespace

std::string header_fault(const std::string& name, const std::string& value) {
  if (name.empty() || name.find_first_of(std::string_view(": \r\n\0", 5)) != std::string::npos ||
      utf8::find_invalid(name)) {
    return "\"" + utf8::repair(name) + "\" is not a header name";
  }
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return "the value of " + name + " holds a line break";
  }
  return text_fault("the value of " + name, value);
}

std::string query_fault(const std::string& name, const std::string& value) {
  const std::string fault = text_fault("the name of a field", name);
  return fault.empty() ? text_fault("the value of " + name, value) : fault;
}

void check_beside_body(const Options& options) {
  for (const auto& [name, value] : options.headers()) refuse("header", header_fault(name, value));
  for (const auto& [name, value] : options.query_fields()) refuse("query", query_fault(name, value));
}

}  // namespace antiphon::inline v0::codec
