#include "fields.hpp"

#include <algorithm>
#include <antiphon/simulator.hpp>

namespace antiphon::inline v0::simulator {

void fail_at(const std::string& place, const std::string& problem) {
  throw ScenarioError(place.empty() ? problem : place + ": " + problem);
}

std::string place_in(std::string place, std::string_view key) {
  if (!place.empty()) place += '/';
  return place.append(key);
}

Fields::Fields(const json::value& value, std::string place) : place_(std::move(place)), object_(value.if_object()) {
  if (!object_) fail_at(place_, "expected object");
}

std::string Fields::place(std::string_view key) const { return place_in(place_, key); }

const json::value* Fields::any(std::string_view key) {
  read_.emplace_back(key);
  return object_->if_contains(json::string_view(key.data(), key.size()));
}

std::optional<bool> Fields::optional_flag(std::string_view key) {
  const json::value* value = any(key);
  if (!value) return std::nullopt;
  if (!value->is_bool()) fail_at(place(key), "expected true or false");
  return value->get_bool();
}

bool Fields::flag(std::string_view key) { return optional_flag(key).value_or(false); }

std::optional<std::string> Fields::text(std::string_view key) {
  const json::value* value = any(key);
  if (!value) return std::nullopt;
  if (!value->is_string()) fail_at(place(key), "expected string");
  return std::string(value->get_string());
}

std::optional<std::int64_t> Fields::integer(std::string_view key, std::int64_t low, std::int64_t high) {
  const json::value* value = any(key);
  if (!value) return std::nullopt;
  if (!value->is_int64()) fail_at(place(key), value->is_uint64() ? "number out of range" : "expected integer");
  const std::int64_t number = value->get_int64();
  if (number < low || number > high) {
    fail_at(place(key), "expected an integer from " + std::to_string(low) + " to " + std::to_string(high));
  }
  return number;
}

std::optional<std::uint64_t> Fields::count(std::string_view key, std::uint64_t high, std::uint64_t low) {
  const auto number = integer(key, static_cast<std::int64_t>(low), static_cast<std::int64_t>(high));
  if (!number) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view key) {
  const json::value* value = any(key);
  if (!value) return std::nullopt;
  if (!value->is_array()) fail_at(place(key), "expected array of strings");
  std::vector<std::string> out;
  for (const json::value& item : value->get_array()) {
    if (!item.is_string()) fail_at(place_in(place(key), std::to_string(out.size())), "expected string");
    out.emplace_back(item.get_string());
  }
  return out;
}

void Fields::done() const {
  for (const auto& item : *object_) {
    const std::string_view key(item.key().data(), item.key().size());
    if (std::find(read_.begin(), read_.end(), key) == read_.end()) fail_at(place(key), "unknown key");
  }
}

}  // namespace antiphon::inline v0::simulator
