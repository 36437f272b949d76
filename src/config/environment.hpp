#pragma once

#include <functional>
#include <string>

#include "config/cursor.hpp"

namespace antiphon::inline v0::config {

/// What values from the environment are for this reading: the real ones, or none, for a mere check.
enum class Environment { asked, ignored };

/// Reads the rows of providers and models that variables of the environment name. Throws what is wrong in them as it
/// is: no key of a file of configuration is to blame.
void check_rows_of_environment();

/// The value of that variable. Throws at `value` when it is not set.
std::string read_variable(const Cursor& value, const std::string& variable);
/// A text, or the value of the variable that `{ env = "NAME" }` names. Throws where it is not set.
std::string text_with_environment(const Cursor& value, Environment environment);

/// Calls `set(name, value)` for each header of a table, or each field of a query. A secret in it must come from the
/// environment.
void read_pairs(const Cursor& table, Environment environment,
                const std::function<void(const std::string& name, std::string value)>& set);

}  // namespace antiphon::inline v0::config
