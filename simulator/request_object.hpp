#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer.hpp"

namespace antiphon::inline v0::simulator {

/// What is wrong with a field of a request.
enum class Problem { missing, type, value, too_low, too_high, unknown, other };

/// How a provider names places and says what is wrong there.
class Dialect {
 public:
  virtual ~Dialect() = default;
  /// `place.name`, unless the provider has another way.
  virtual std::string member_place(const std::string& place, std::string_view name) const;
  /// `place[index]`, likewise.
  virtual std::string item_place(const std::string& place, std::size_t index) const;
  /// `detail`: what was expected, or for `other` the whole message.
  virtual Failure failure(Problem problem, const std::string& place, const std::string& detail) const = 0;
};

/// An object in a request. Fields that are null count as absent. Everything throws `Failure` when a field is wrong.
class RequestObject {
 public:
  using Words = std::initializer_list<std::string_view>;

  RequestObject(const json::object& object, std::string place, const Dialect& dialect)
      : object_(&object), place_(std::move(place)), dialect_(&dialect) {}

  const json::object& json() const { return *object_; }
  const std::string& place() const { return place_; }
  std::string place(std::string_view name) const { return dialect_->member_place(place_, name); }

  const json::value* find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  const json::value& need(std::string_view name) const;

  /// Empty when absent.
  std::string text(std::string_view name) const;
  /// Neither absent nor empty.
  std::string need_text(std::string_view name) const;
  /// One of some words; empty when absent.
  std::string word(std::string_view name, Words allowed) const;
  std::string need_word(std::string_view name, Words allowed) const;
  std::optional<bool> flag(std::string_view name) const;
  std::optional<double> number(std::string_view name, double low, double high) const;
  std::optional<std::uint64_t> integer(std::string_view name, std::uint64_t low, std::uint64_t high) const;
  std::optional<RequestObject> object(std::string_view name) const;
  RequestObject need_object(std::string_view name) const;
  /// The objects of an array; none when absent.
  std::vector<RequestObject> objects(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

  /// Refuses other members.
  void only(Words allowed) const;
  [[noreturn]] void refuse(std::string_view name, Problem problem, const std::string& detail) const;
  /// About the object itself.
  [[noreturn]] void refuse(Problem problem, const std::string& detail) const;

 private:
  std::string check_word(std::string_view name, std::string word, Words allowed) const;

  const json::object* object_;
  std::string place_;
  const Dialect* dialect_;
};

/// The JSON object that a body is.
json::value parse_body(std::string_view body, const Dialect& dialect);

}  // namespace antiphon::inline v0::simulator
