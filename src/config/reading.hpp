#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/cursor.hpp"

namespace antiphon::inline v0::config {

// Each throws `Error{invalid_config}` at the value when it is not what its name says.

const Table& table_of(const Cursor& value);
const Array& array_of(const Cursor& value);
const std::string& text_of(const Cursor& value);
/// A text that is not empty.
const std::string& name_of(const Cursor& value);
std::int64_t integer_of(const Cursor& value);
/// An `int`.
int count_of(const Cursor& value);
/// A number of bytes, at least 1.
std::size_t size_of(const Cursor& value);
/// An integer too.
double number_of(const Cursor& value);
bool boolean_of(const Cursor& value);
/// `"2s"`; zero is one.
std::chrono::nanoseconds duration_of(const Cursor& value);
/// The same, without a fraction of a millisecond.
std::chrono::milliseconds milliseconds_of(const Cursor& value);
/// `"text"`, or `{ env = "NAME" }`: then the name is given to `from_environment`, which says what stands there.
std::string text_or_environment(const Cursor& value,
                                const std::function<std::string(const std::string&)>& from_environment);
/// The name of a variable of the environment.
const std::string& variable_of(const Cursor& value);

/// Calls `visit(const Cursor& element)` for each element.
template <class F>
void for_each_element(const Cursor& value, F&& visit) {
  const Array& array = array_of(value);
  for (std::size_t i = 0; i < array.size(); ++i) visit(Cursor(value, i, array[i]));
}

/// The word that stands there, as what it stands for.
template <class T>
T one_of(const Cursor& value, std::span<const std::pair<std::string_view, T>> words) {
  const std::string& text = text_of(value);
  std::string known;
  for (const auto& [word, meaning] : words) {
    if (word == text) return meaning;
    known.append(known.empty() ? "" : ", ").append(word);
  }
  value.refuse("expected one of " + known);
}

/// What a table of some kind may hold.
template <class T>
struct Key {
  std::string_view name;
  void (*read)(T& target, const Cursor& value);
  /// The keys of the table that it is, as paths; null when it is none of ours.
  std::vector<std::string> (*inside)() = nullptr;
};

/// All of them, with those inside: `retry`, `retry.max_attempts`.
template <class T>
std::vector<std::string> key_paths(std::span<const Key<T>> keys) {
  std::vector<std::string> paths;
  for (const Key<T>& key : keys) {
    paths.emplace_back(key.name);
    if (!key.inside) continue;
    for (const std::string& path : key.inside()) paths.push_back(std::string(key.name) + "." + path);
  }
  return paths;
}

/// Throws for a key that is none of `paths`, with what was probably meant, else `hint`, else those there are.
[[noreturn]] void refuse_unknown(const Cursor& value, const std::vector<std::string>& paths, std::string_view hint);

/// Throws unless all keys of a table are known; `hint` helps with one that is not.
template <class T>
void check_keys(const Cursor& table, std::span<const Key<T>> keys, std::string_view hint = {}) {
  for (const Entry& entry : table_of(table)) {
    const bool known = std::any_of(keys.begin(), keys.end(), [&](const Key<T>& key) { return key.name == entry.key; });
    if (!known) refuse_unknown(Cursor(table, entry), key_paths(keys), hint);
  }
}

/// Reads a table, key by key, into `target`.
template <class T>
void read_table(const Cursor& table, std::span<const Key<T>> keys, T& target, std::string_view hint = {}) {
  check_keys(table, keys, hint);
  for (const Entry& entry : table_of(table)) {
    const auto known = std::find_if(keys.begin(), keys.end(), [&](const Key<T>& key) { return key.name == entry.key; });
    known->read(target, Cursor(table, entry));
  }
}

}  // namespace antiphon::inline v0::config
