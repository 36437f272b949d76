#include "config/reading.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <antiphon/duration.hpp>
#include <antiphon/nearest_name.hpp>

#include "config/suggestion.hpp"
#include "core/ascii.hpp"

namespace antiphon::inline v0::config {

namespace {

template <class T>
const T& get(const Cursor& value, const char* expected) {
  if (const T* found = value.node().as<T>()) return *found;
  value.refuse(std::string("expected ") + expected);
}

/// Where people write a key when they do not know that a file is no place for it.
bool means_a_secret(std::string_view key) {
  std::string name = ascii::to_lower(key);
  std::erase_if(name, [](char c) { return c == '_' || c == '-'; });
  constexpr std::string_view words[] = {"apikey", "key",    "token",    "accesstoken", "authtoken",
                                        "secret", "bearer", "password", "apitoken",    "secretkey"};
  return std::find(std::begin(words), std::end(words), name) != std::end(words);
}

}  // namespace

const Table& table_of(const Cursor& value) { return get<Table>(value, "a table"); }
const Array& array_of(const Cursor& value) { return get<Array>(value, "a list, in square brackets"); }
const std::string& text_of(const Cursor& value) { return get<std::string>(value, "a text, in quotes"); }
std::int64_t integer_of(const Cursor& value) { return get<std::int64_t>(value, "a whole number"); }
bool boolean_of(const Cursor& value) { return get<bool>(value, "true or false"); }

const std::string& name_of(const Cursor& value) {
  const std::string& text = text_of(value);
  if (text.empty()) value.refuse("must not be empty");
  return text;
}

int count_of(const Cursor& value) {
  const std::int64_t number = integer_of(value);
  constexpr int most = std::numeric_limits<int>::max();
  if (number < -most || number > most) value.refuse("the number is too large");
  return static_cast<int>(number);
}

std::size_t size_of(const Cursor& value) {
  const std::int64_t size = integer_of(value);
  if (size < 1) value.refuse("must be at least 1");
  return static_cast<std::size_t>(size);
}

double number_of(const Cursor& value) {
  if (const std::int64_t* integer = value.node().as<std::int64_t>()) return static_cast<double>(*integer);
  return get<double>(value, "a number");
}

std::chrono::nanoseconds duration_of(const Cursor& value) {
  constexpr const char* expected = R"(a duration in quotes, such as "2s", "500ms" or "1m30s")";
  const auto duration = parse_duration(get<std::string>(value, expected));
  if (!duration) value.refuse(std::string("expected ") + expected);
  return *duration;
}

std::chrono::milliseconds milliseconds_of(const Cursor& value) {
  const std::chrono::nanoseconds duration = duration_of(value);
  const auto rounded = std::chrono::duration_cast<std::chrono::milliseconds>(duration);
  if (rounded != duration) value.refuse("expected whole milliseconds");
  return rounded;
}

const std::string& variable_of(const Cursor& value) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
  constexpr std::size_t longest = 128;
  const std::string& name = text_of(value);
  const bool digit_first = !name.empty() && name[0] >= '0' && name[0] <= '9';
  if (name.empty() || name.size() > longest || digit_first || name.find_first_not_of(letters) != std::string::npos) {
    // It may be the secret itself: it is not repeated.
    value.refuse("expected the name of an environment variable; a key itself must not stand in a file");
  }
  return name;
}

std::string text_or_environment(const Cursor& value,
                                const std::function<std::string(const std::string&)>& from_environment) {
  const Entry* entry = value.node().find("env");
  if (!entry) return get<std::string>(value, R"(a text, or { env = "NAME" })");
  const Table& table = table_of(value);
  if (table.size() != 1) value.refuse(R"(expected nothing beside env in { env = "NAME" })");
  return from_environment(variable_of(Cursor(value, *entry)));
}

void refuse_unknown(const Cursor& value, const std::vector<std::string>& paths, std::string_view hint) {
  if (means_a_secret(value.key())) {
    value.refuse_key(
        "a secret must not stand in a file: put it into an environment variable, and name that with api_key_env, or "
        "with { env = \"NAME\" } for a header");
  }
  std::vector<std::string> here;
  for (const std::string& path : paths) {
    if (path.find('.') == std::string::npos) here.push_back(path);
  }
  const std::string what = "unknown key " + value.shown_key();
  if (!nearest_name(value.key(), here).empty()) value.refuse_key(what + suggestion(value.key(), here, {}));
  // The right key in the wrong table.
  const auto inner = std::find_if(paths.begin(), paths.end(), [&](const std::string& path) {
    return path.ends_with("." + std::string(value.key()));
  });
  if (inner != paths.end()) value.refuse_key(what + "; did you mean \"" + *inner + "\"?");
  if (!hint.empty()) value.refuse_key(what + "; " + std::string(hint));
  value.refuse_key(what + suggestion(value.key(), here, "the keys here are"));
}

}  // namespace antiphon::inline v0::config
