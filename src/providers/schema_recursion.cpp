#include "providers/schema_recursion.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "json/pointer.hpp"
#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

/// Pointers to the schema that refers, and to the one that is referred to.
struct Reference {
  std::string from;
  std::string to;
};

class ReferenceFinder {
 public:
  explicit ReferenceFinder(std::vector<Reference>& found) : found_(found) {}

  void look(Value value) {
    std::size_t index = 0;
    value.fields([&](std::string_view key, Value field) {
      const std::string_view target = key == "$ref" ? field.string().value_or("") : std::string_view();
      if (target.starts_with('#')) found_.push_back({place_, std::string(target.substr(1))});
      step(key, field);
    });
    value.elements([&](Value element) { step(std::to_string(index++), element); });
  }

 private:
  void step(std::string_view name, Value value) {
    if (value.type() != Type::object && value.type() != Type::array) return;
    const std::size_t length = place_.size();
    json::append_step(place_, name);
    look(value);
    place_.resize(length);
  }

  std::vector<Reference>& found_;
  std::string place_;
};

/// Which targets are referred to from inside of which.
class TargetGraph {
 public:
  explicit TargetGraph(std::vector<Reference> references) : references_(std::move(references)) {
    std::sort(references_.begin(), references_.end(),
              [](const Reference& a, const Reference& b) { return std::tie(a.from, a.to) < std::tie(b.from, b.to); });
    for (const Reference& each : references_) targets_.push_back(each.to);
    std::sort(targets_.begin(), targets_.end());
    targets_.erase(std::unique(targets_.begin(), targets_.end()), targets_.end());
  }

  /// What is left when targets to which nothing refers are taken away, again and again, goes in a circle.
  bool has_circle() const {
    std::vector<std::size_t> referred(targets_.size());
    for (const std::string& target : targets_) {
      for_each_inside(target, [&](std::size_t other) { ++referred[other]; });
    }
    std::vector<std::size_t> free;
    for (std::size_t target = 0; target < targets_.size(); ++target) {
      if (referred[target] == 0) free.push_back(target);
    }
    std::size_t taken = 0;
    for (; !free.empty(); ++taken) {
      const std::string& target = targets_[free.back()];
      free.pop_back();
      for_each_inside(target, [&](std::size_t other) {
        if (--referred[other] == 0) free.push_back(other);
      });
    }
    return taken < targets_.size();
  }

 private:
  template <class Found>
  void for_each_inside(const std::string& target, const Found& found) const {
    const auto at = [&](const std::string& place) {
      return std::lower_bound(references_.begin(), references_.end(), place,
                              [](const Reference& each, const std::string& wanted) { return each.from < wanted; });
    };
    for (auto each = at(target); each != references_.end() && each->from == target; ++each) found(index_of(each->to));
    const std::string inside = target + "/";
    for (auto each = at(inside); each != references_.end() && each->from.starts_with(inside); ++each) {
      found(index_of(each->to));
    }
  }
  std::size_t index_of(const std::string& target) const {
    return static_cast<std::size_t>(std::lower_bound(targets_.begin(), targets_.end(), target) - targets_.begin());
  }

  std::vector<Reference> references_;
  std::vector<std::string> targets_;
};

}  // namespace

bool holds_itself(std::string_view schema) {
  if (schema.find("$ref") == schema.npos) return false;
  std::vector<Reference> references;
  json::Reader reader;
  const bool good = reader.read_copy(schema, [&](Value root) { ReferenceFinder(references).look(root); });
  // Nested too deep to be looked into: the provider may judge it.
  return good && TargetGraph(std::move(references)).has_circle();
}

}  // namespace antiphon::inline v0::codec
