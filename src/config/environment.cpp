#include "config/environment.hpp"

#include <algorithm>
#include <cstdlib>

#include <antiphon/catalogue.hpp>
#include <antiphon/provider_row.hpp>

#include "config/reading.hpp"
#include "core/ascii.hpp"

namespace antiphon::inline v0::config {

namespace {

/// A header, or a field of a query, whose value opens doors.
bool is_secret(const std::string& name) {
  std::string text = ascii::to_lower(name);
  std::erase_if(text, [](char c) { return c == '-' || c == '_'; });
  constexpr std::string_view words[] = {"authorization", "cookie",          "token",     "secret",
                                        "password",      "subscriptionkey", "accesskey", "apikey"};
  if (text == "key") return true;
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

/// `read` reads the file that `variable` names.
template <class Read>
void check_rows(const char* variable, Read read) {
  const char* path = std::getenv(variable);
  if (!path || !*path) return;
  try {
    read(path);
  } catch (Error& error) {
    throw error.message(std::string(variable) + ": " + error.message());
  }
}

}  // namespace

void check_rows_of_environment() {
  check_rows("ANTIPHON_PROVIDERS", [](const char* path) { load_providers(path); });
  check_rows("ANTIPHON_MODELS", [](const char*) { [[maybe_unused]] const Catalogue catalogue; });
}

std::string read_variable(const Cursor& value, const std::string& variable) {
  if (const char* set = std::getenv(variable.c_str()); set && *set) return set;
  // A name of other letters may be the secret itself, put in the wrong place.
  const bool shown = std::none_of(variable.begin(), variable.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  value.refuse(shown ? "the environment has no " + variable : "the environment has no such variable");
}

std::string text_with_environment(const Cursor& value, Environment environment) {
  return text_or_environment(value, [&](const std::string& variable) {
    return environment == Environment::asked ? read_variable(value, variable) : std::string();
  });
}

void read_pairs(const Cursor& table, Environment environment,
                const std::function<void(const std::string& name, std::string value)>& set) {
  for (const Entry& entry : table_of(table)) {
    const Cursor value(table, entry);
    if (value.node().as<std::string>() && is_secret(entry.key)) {
      value.refuse(
          "a secret must not stand in a file: write { env = \"NAME\" } with the name of the variable of the "
          "environment that holds it");
    }
    set(entry.key, text_with_environment(value, environment));
  }
}

}  // namespace antiphon::inline v0::config
