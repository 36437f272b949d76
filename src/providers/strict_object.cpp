#include "providers/strict_object.hpp"

#include <algorithm>

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

std::string text_at(Value value, const std::string& place) {
  const auto text = value.string();
  if (!text) throw mistake(place, "must be a text");
  return std::string(*text);
}

std::string some_text_at(Value value, const std::string& place) {
  std::string text = text_at(value, place);
  if (text.empty()) throw mistake(place, "must not be empty");
  return text;
}

}  // namespace

Error mistake(std::string where, std::string message) {
  return Error(ErrorKind::invalid_config, std::move(message)).where(std::move(where));
}

std::string inside(const std::string& place, std::string_view name) {
  return place.empty() ? std::string(name) : place + "/" + std::string(name);
}

StrictObject::StrictObject(Value object, std::string place) : place_(std::move(place)) {
  if (object.type() != Type::object) throw mistake(place_, "must be an object");
  object.fields([this](std::string_view name, Value value) {
    const bool twice =
        std::any_of(members_.begin(), members_.end(), [&](const auto& member) { return member.first == name; });
    if (twice) throw mistake(at(name), "is there twice");
    members_.emplace_back(name, value);
  });
}

std::string StrictObject::at(std::string_view name) const { return inside(place_, name); }

std::optional<Value> StrictObject::find(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.push_back(name);
  for (const auto& [member, value] : members_) {
    if (member == name) return value;
  }
  return std::nullopt;
}

void StrictObject::read(std::string_view name, std::string& target) {
  if (const auto value = find(name)) target = text_at(*value, at(name));
}

void StrictObject::read(std::string_view name, bool& target) {
  const auto value = find(name);
  if (!value) return;
  const std::optional<bool> read = value->boolean();
  if (!read) throw mistake(at(name), "must be true or false");
  target = *read;
}

void StrictObject::read(std::string_view name, std::size_t& target, std::size_t least, std::size_t most) {
  const auto value = find(name);
  if (!value) return;
  const Count count = value->type() == Type::number ? value->count() : Count();
  const bool fits = count.known() && count.at_least() >= static_cast<std::int64_t>(least) &&
                    count.at_least() <= static_cast<std::int64_t>(most);
  if (!fits) {
    throw mistake(at(name), "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  target = static_cast<std::size_t>(count.at_least());
}

void StrictObject::read(std::string_view name, std::vector<std::string>& target) {
  const auto value = find(name);
  if (!value) return;
  if (value->type() != Type::array) throw mistake(at(name), "must be an array of texts");
  target.clear();
  value->elements(
      [&](Value element) { target.push_back(some_text_at(element, inside(at(name), std::to_string(target.size())))); });
}

void StrictObject::read(std::string_view name, std::vector<std::pair<std::string, std::string>>& target) {
  const auto value = find(name);
  if (!value) return;
  StrictObject object(*value, at(name));
  target.clear();
  for (const auto& [member, text] : object.members_) {
    if (member.empty()) throw mistake(at(name), "has a member without a name");
    target.emplace_back(member, some_text_at(text, object.at(member)));
  }
}

void StrictObject::read(std::string_view name, std::vector<std::pair<std::string, std::vector<std::string>>>& target) {
  const auto value = find(name);
  if (!value) return;
  StrictObject object(*value, at(name));
  target.clear();
  for (const auto& [member, list] : object.members_) {
    if (member.empty()) throw mistake(at(name), "has a member without a name");
    object.read(member, target.emplace_back(std::string(member), std::vector<std::string>()).second);
  }
}

void StrictObject::read_object(std::string_view name, std::string& target) {
  const auto value = find(name);
  if (!value) return;
  const auto raw = value->raw();
  if (value->type() != Type::object || !raw) throw mistake(at(name), "must be an object");
  target = *raw;
}

void StrictObject::finish() const {
  for (const auto& [member, value] : members_) {
    if (std::find(known_.begin(), known_.end(), member) != known_.end()) continue;
    std::string names;
    for (const std::string_view name : known_) names += (names.empty() ? "" : ", ") + std::string(name);
    throw mistake(at(member), "is not known here; known are " + names);
  }
}

}  // namespace antiphon::inline v0::codec
