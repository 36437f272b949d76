#include "request_object.hpp"

#include <algorithm>

#include "text.hpp"

namespace antiphon::inline v0::simulator {

namespace {

/// Bounds of numbers show a point, bounds of integers do not.
std::string with_point(double number) {
  std::string text = short_decimal(number);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::string Dialect::member_place(const std::string& place, std::string_view name) const {
  return place.empty() ? std::string(name) : std::string(place).append(".").append(name);
}

std::string Dialect::item_place(const std::string& place, std::size_t index) const {
  return place + '[' + std::to_string(index) + ']';
}

const json::value* RequestObject::find(std::string_view name) const { return member(*object_, name); }

const json::value& RequestObject::need(std::string_view name) const {
  const json::value* value = find(name);
  if (!value) refuse(name, Problem::missing, "");
  return *value;
}

std::string RequestObject::text(std::string_view name) const {
  const json::value* value = find(name);
  if (!value) return "";
  if (!value->is_string()) refuse(name, Problem::type, "a string");
  return std::string(value->get_string());
}

std::string RequestObject::need_text(std::string_view name) const {
  need(name);
  std::string found = text(name);
  if (found.empty()) refuse(name, Problem::value, "a string that is not empty");
  return found;
}

std::string RequestObject::check_word(std::string_view name, std::string word, Words allowed) const {
  if (std::find(allowed.begin(), allowed.end(), word) != allowed.end()) return word;
  std::string expected;
  for (const std::string_view each : allowed) expected.append(expected.empty() ? "'" : ", '").append(each).append("'");
  refuse(name, Problem::value, expected);
}

std::string RequestObject::word(std::string_view name, Words allowed) const {
  return has(name) ? check_word(name, text(name), allowed) : "";
}

std::string RequestObject::need_word(std::string_view name, Words allowed) const {
  need(name);
  return word(name, allowed);
}

std::optional<bool> RequestObject::flag(std::string_view name) const {
  const json::value* value = find(name);
  if (!value) return std::nullopt;
  if (!value->is_bool()) refuse(name, Problem::type, "a boolean");
  return value->get_bool();
}

std::optional<double> RequestObject::number(std::string_view name, double low, double high) const {
  const json::value* value = find(name);
  if (!value) return std::nullopt;
  if (!value->is_number()) refuse(name, Problem::type, "a number");
  const double found = value->to_number<double>();
  if (found < low) refuse(name, Problem::too_low, with_point(low));
  if (found > high) refuse(name, Problem::too_high, with_point(high));
  return found;
}

std::optional<std::uint64_t> RequestObject::integer(std::string_view name, std::uint64_t low,
                                                    std::uint64_t high) const {
  const json::value* value = find(name);
  if (!value) return std::nullopt;
  if (!value->is_int64() && !value->is_uint64()) refuse(name, Problem::type, "an integer");
  const bool is_negative = value->is_int64() && value->get_int64() < 0;
  const std::uint64_t found = is_negative ? 0 : value->to_number<std::uint64_t>();
  if (is_negative || found < low) refuse(name, Problem::too_low, std::to_string(low));
  if (found > high) refuse(name, Problem::too_high, std::to_string(high));
  return found;
}

std::optional<RequestObject> RequestObject::object(std::string_view name) const {
  const json::value* value = find(name);
  if (!value) return std::nullopt;
  if (!value->is_object()) refuse(name, Problem::type, "an object");
  return RequestObject(value->get_object(), place(name), *dialect_);
}

RequestObject RequestObject::need_object(std::string_view name) const {
  need(name);
  return *object(name);
}

std::vector<RequestObject> RequestObject::objects(std::string_view name) const {
  std::vector<RequestObject> found;
  const json::value* value = find(name);
  if (!value) return found;
  if (!value->is_array()) refuse(name, Problem::type, "an array");
  for (const json::value& item : value->get_array()) {
    const std::string item_place = dialect_->item_place(place(name), found.size());
    if (!item.is_object()) throw dialect_->failure(Problem::type, item_place, "an object");
    found.emplace_back(item.get_object(), item_place, *dialect_);
  }
  return found;
}

std::vector<std::string> RequestObject::texts(std::string_view name) const {
  std::vector<std::string> found;
  const json::value* value = find(name);
  if (!value) return found;
  if (!value->is_array()) refuse(name, Problem::type, "an array of strings");
  for (const json::value& item : value->get_array()) {
    const std::string item_place = dialect_->item_place(place(name), found.size());
    if (!item.is_string()) throw dialect_->failure(Problem::type, item_place, "a string");
    found.emplace_back(item.get_string());
  }
  return found;
}

void RequestObject::only(Words allowed) const {
  for (const auto& item : *object_) {
    const std::string_view name(item.key());
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) refuse(name, Problem::unknown, "");
  }
}

void RequestObject::refuse(std::string_view name, Problem problem, const std::string& detail) const {
  throw dialect_->failure(problem, place(name), detail);
}

void RequestObject::refuse(Problem problem, const std::string& detail) const {
  throw dialect_->failure(problem, place_, detail);
}

json::value parse_body(std::string_view body, const Dialect& dialect) {
  json::value value;
  try {
    value = parse_json(body);
  } catch (const boost::system::system_error& error) {
    throw dialect.failure(Problem::other, "", "The body is no JSON: " + error.code().message() + '.');
  }
  if (!value.is_object()) throw dialect.failure(Problem::type, "body", "an object");
  return value;
}

}  // namespace antiphon::inline v0::simulator
