#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <antiphon/error.hpp>
#include <antiphon/export.hpp>
#include <antiphon/json.hpp>
#include <antiphon/result.hpp>

// The part of <antiphon/describe.hpp> that needs the standard library only; include that one.

namespace antiphon::inline v0 {

namespace detail {

class Shape;
/// Shapes are asked for and not held, because types may hold themselves.
using ShapeOf = const Shape& (*)();

/// One field of a struct.
class FieldShape {
 public:
  FieldShape(std::string n, ShapeOf s, std::function<void*(void*)> a)
      : name(std::move(n)), shape(s), at(std::move(a)) {}

  std::string name;
  std::string description;
  ShapeOf shape;
  std::function<void*(void*)> at;
  /// What the field has when it is left out; null for one that must be there, or may be missing by its type.
  std::shared_ptr<const void> initial;
  std::function<void(void*)> set_initial;
  std::optional<double> least;
  std::optional<double> most;
  std::vector<std::string> one_of;
};

/// How values of one type are read from JSON, written, and described by a schema.
class Shape {
 public:
  enum class Kind { boolean, integer, number, text, choice, list, map, optional, object, json };
  using Fill = std::function<void(void*)>;
  using See = std::function<void(const void*)>;

  explicit Shape(Kind k) : kind(k) {}

  Kind kind;
  std::string name;         ///< of a struct or an enumeration
  std::string description;  ///< of a struct or an enumeration

  void (*set_boolean)(void*, bool) = nullptr;
  bool (*get_boolean)(const void*) = nullptr;
  /// From a JSON number; false when it is out of range.
  bool (*set_number)(void*, std::string_view) = nullptr;
  std::string (*get_number)(const void*) = nullptr;
  std::string least;  ///< of an integer
  std::string most;
  void (*set_text)(void*, std::string_view) = nullptr;
  std::string_view (*get_text)(const void*) = nullptr;
  std::vector<std::pair<std::string, std::int64_t>> choices;
  void (*set_choice)(void*, std::int64_t) = nullptr;
  std::int64_t (*get_choice)(const void*) = nullptr;

  // Of a list, a map, an optional:
  ShapeOf element = nullptr;
  void (*clear)(void*) = nullptr;
  void (*add)(void*, const Fill&) = nullptr;
  void (*add_entry)(void*, std::string_view, const Fill&) = nullptr;
  void (*each)(const void*, const See&) = nullptr;
  void (*each_entry)(const void*, const std::function<void(std::string_view, const void*)>&) = nullptr;

  /// Fields are said more of while others are added: they stay where they are.
  std::deque<FieldShape> fields;
};

template <class T>
const Shape& shape_of();

template <class T>
class ExternalDescription : public std::false_type {};

/// The last part of a type's name, without namespaces.
ANTIPHON_EXPORT std::string plain_type_name(const char* function);

template <class T>
std::string type_name() {
  return plain_type_name(std::source_location::current().function_name());
}

}  // namespace detail

/// What is known of one field of a struct, to be said more of.
template <class T, class M>
class Field {
 public:
  Field(detail::FieldShape& shape, M T::*member) : shape_(&shape), member_(member) {}

  /// What it means: the model reads this.
  Field& description(std::string text) { return shape_->description = std::move(text), *this; }
  /// Of a number its least value, of a text its least length in characters, of a list or map its least size.
  Field& at_least(double value) { return shape_->least = value, *this; }
  /// The same for the most.
  Field& at_most(double value) { return shape_->most = value, *this; }
  /// The texts that a text may be.
  template <class... Texts>
    requires(std::convertible_to<Texts, std::string_view> && ...)
  Field& one_of(const Texts&... texts) {
    (shape_->one_of.push_back(std::string(std::string_view(texts))), ...);
    return *this;
  }
  /// It may be left out, and then has this value.
  Field& default_value(M value) {
    auto initial = std::make_shared<const M>(std::move(value));
    shape_->set_initial = [initial, member = member_](void* object) { static_cast<T*>(object)->*member = *initial; };
    shape_->initial = std::move(initial);
    return *this;
  }
  /// It may be left out, and then has what a new struct has in it (`int days = 3;`).
  Field& keeps_default() { return default_value(T().*member_); }

 private:
  detail::FieldShape* shape_;
  M T::*member_;
};

/// Describes a struct `T`, so that a JSON Schema can be made of it, JSON read into it, and it written as JSON. Write a
/// function beside your struct:
///
///   struct Where { std::string city; int days = 1; };
///   inline void describe(antiphon::Fields<Where>& fields) {
///     fields.field("city", &Where::city).description("Name of the city, in English");
///     fields.field("days", &Where::days).keeps_default().at_least(1).at_most(14);
///   }
///
/// With `BOOST_DESCRIBE_STRUCT(Where, (), (city, days))` the names are known, and `describe` is needed only where there
/// is more to say: `fields.field(&Where::city).description("…")`.
template <class T>
class Fields {
 public:
  explicit Fields(detail::Shape& shape) : shape_(shape) {}

  /// A field under this name; again under the same name, the field that there is.
  template <class M, class Owner>
    requires std::derived_from<T, Owner>
  Field<T, M> field(std::string name, M Owner::*member) {
    M T::*own = member;
    for (detail::FieldShape& known : shape_.fields) {
      if (known.name == name) return Field<T, M>(known, own);
    }
    shape_.fields.emplace_back(std::move(name), &detail::shape_of<M>,
                               [own](void* object) -> void* { return &(static_cast<T*>(object)->*own); });
    return Field<T, M>(shape_.fields.back(), own);
  }
  /// A field that has a name already. Throws `Error{invalid_config}` when it has none.
  template <class M, class Owner>
    requires std::derived_from<T, Owner>
  Field<T, M> field(M Owner::*member) {
    M T::*own = member;
    T probe{};
    for (detail::FieldShape& known : shape_.fields) {
      if (known.at(&probe) == &(probe.*own) && known.shape == &detail::shape_of<M>) return Field<T, M>(known, own);
    }
    throw Error(ErrorKind::invalid_config, "a field that is described by its place alone has no name yet")
        .where(shape_.name);
  }
  /// Name of the struct, in schemas of types that hold themselves.
  Fields& name(std::string value) { return shape_.name = std::move(value), *this; }
  /// What the struct is.
  Fields& description(std::string text) { return shape_.description = std::move(text), *this; }

 private:
  detail::Shape& shape_;
};

/// Describes an enumeration, as `Fields` does a struct:
///
///   inline void describe(antiphon::Choices<Unit>& choices) {
///     choices.choice("celsius", Unit::celsius).choice("fahrenheit", Unit::fahrenheit);
///   }
template <class T>
class Choices {
 public:
  explicit Choices(detail::Shape& shape) : shape_(shape) {}

  Choices& choice(std::string name, T value) {
    shape_.choices.emplace_back(std::move(name), static_cast<std::int64_t>(value));
    return *this;
  }
  Choices& description(std::string text) { return shape_.description = std::move(text), *this; }

 private:
  detail::Shape& shape_;
};

namespace detail {

template <class T>
concept DescribedStruct =
    std::is_class_v<T> && (requires(Fields<T>& fields) { describe(fields); } || ExternalDescription<T>::value);
template <class T>
concept DescribedEnum =
    std::is_enum_v<T> && (requires(Choices<T>& choices) { describe(choices); } || ExternalDescription<T>::value);
template <class T>
concept CharacterType = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
                        std::same_as<T, char16_t> || std::same_as<T, char32_t>;
/// `optional`, `unique_ptr`, `shared_ptr`.
template <class T>
class OptionalType : public std::false_type {};
template <class T>
class OptionalType<std::optional<T>> : public std::true_type {
 public:
  using Element = T;
  static std::optional<T> make(T value) { return std::optional<T>(std::move(value)); }
};
template <class T>
class OptionalType<std::unique_ptr<T>> : public std::true_type {
 public:
  using Element = T;
  static std::unique_ptr<T> make(T value) { return std::make_unique<T>(std::move(value)); }
};
template <class T>
class OptionalType<std::shared_ptr<T>> : public std::true_type {
 public:
  using Element = T;
  static std::shared_ptr<T> make(T value) { return std::make_shared<T>(std::move(value)); }
};
template <class T>
concept MapType = requires(T& map, typename T::key_type key, typename T::mapped_type value) {
  map.clear();
  map.insert_or_assign(std::move(key), std::move(value));
} && std::same_as<typename T::key_type, std::string>;
template <class T>
concept ListType = !MapType<T> && requires(T& list, typename T::value_type value) {
  list.clear();
  list.insert(list.end(), std::move(value));
};

/// False for what is no such number, or out of its range.
template <class T>
bool parse_number(void* at, std::string_view digits) {
  const char* const behind = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), behind, *static_cast<T*>(at));
  return error == std::errc() && end == behind;
}

template <class T>
Shape integer_shape() {
  Shape shape(Shape::Kind::integer);
  shape.set_number = &parse_number<T>;
  shape.get_number = [](const void* at) { return std::to_string(*static_cast<const T*>(at)); };
  shape.least = std::to_string(std::numeric_limits<T>::min());
  shape.most = std::to_string(std::numeric_limits<T>::max());
  return shape;
}

template <class T>
Shape number_shape() {
  Shape shape(Shape::Kind::number);
  shape.set_number = &parse_number<T>;
  shape.get_number = [](const void* at) {
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, *static_cast<const T*>(at)).ptr;
    return std::string(text, end);
  };
  return shape;
}

template <class T>
Shape list_shape() {
  using Element = typename T::value_type;
  Shape shape(Shape::Kind::list);
  shape.element = &shape_of<Element>;
  shape.clear = [](void* at) { static_cast<T*>(at)->clear(); };
  shape.add = [](void* at, const Shape::Fill& fill) {
    T& list = *static_cast<T*>(at);
    Element element{};
    fill(&element);
    list.insert(list.end(), std::move(element));
  };
  shape.each = [](const void* at, const Shape::See& see) {
    for (const Element& element : *static_cast<const T*>(at)) see(&element);
  };
  return shape;
}

template <class T>
Shape map_shape() {
  using Element = typename T::mapped_type;
  Shape shape(Shape::Kind::map);
  shape.element = &shape_of<Element>;
  shape.clear = [](void* at) { static_cast<T*>(at)->clear(); };
  shape.add_entry = [](void* at, std::string_view key, const Shape::Fill& fill) {
    Element element{};
    fill(&element);
    static_cast<T*>(at)->insert_or_assign(std::string(key), std::move(element));
  };
  shape.each_entry = [](const void* at, const std::function<void(std::string_view, const void*)>& see) {
    for (const auto& [key, element] : *static_cast<const T*>(at)) see(key, &element);
  };
  return shape;
}

template <class T>
Shape optional_shape() {
  using Element = typename OptionalType<T>::Element;
  Shape shape(Shape::Kind::optional);
  shape.element = &shape_of<Element>;
  shape.clear = [](void* at) { static_cast<T*>(at)->reset(); };
  shape.add = [](void* at, const Shape::Fill& fill) {
    Element element{};
    fill(&element);
    *static_cast<T*>(at) = OptionalType<T>::make(std::move(element));
  };
  shape.each = [](const void* at, const Shape::See& see) {
    if (const T& value = *static_cast<const T*>(at)) see(&*value);
  };
  return shape;
}

template <class T>
Shape choice_shape() {
  Shape shape(Shape::Kind::choice);
  shape.name = type_name<T>();
  Choices<T> choices(shape);
  if constexpr (ExternalDescription<T>::value) ExternalDescription<T>::add(choices);
  if constexpr (requires { describe(choices); }) describe(choices);
  shape.set_choice = [](void* at, std::int64_t value) { *static_cast<T*>(at) = static_cast<T>(value); };
  shape.get_choice = [](const void* at) { return static_cast<std::int64_t>(*static_cast<const T*>(at)); };
  return shape;
}

template <class T>
Shape object_shape() {
  Shape shape(Shape::Kind::object);
  shape.name = type_name<T>();
  Fields<T> fields(shape);
  if constexpr (ExternalDescription<T>::value) ExternalDescription<T>::add(fields);
  if constexpr (requires { describe(fields); }) describe(fields);
  return shape;
}

template <class T>
Shape make_shape() {
  static_assert(!CharacterType<T>, "a single character has no JSON form: use std::string");
  if constexpr (std::same_as<T, bool>) {
    Shape shape(Shape::Kind::boolean);
    shape.set_boolean = [](void* at, bool value) { *static_cast<bool*>(at) = value; };
    shape.get_boolean = [](const void* at) { return *static_cast<const bool*>(at); };
    return shape;
  } else if constexpr (std::integral<T>) {
    return integer_shape<T>();
  } else if constexpr (std::floating_point<T>) {
    return number_shape<T>();
  } else if constexpr (std::same_as<T, std::string>) {
    Shape shape(Shape::Kind::text);
    shape.set_text = [](void* at, std::string_view text) { *static_cast<std::string*>(at) = text; };
    shape.get_text = [](const void* at) { return std::string_view(*static_cast<const std::string*>(at)); };
    return shape;
  } else if constexpr (std::same_as<T, Json>) {
    Shape shape(Shape::Kind::json);
    shape.set_text = [](void* at, std::string_view text) { *static_cast<Json*>(at) = Json(text); };
    shape.get_text = [](const void* at) { return std::string_view(static_cast<const Json*>(at)->text()); };
    return shape;
  } else if constexpr (OptionalType<T>::value) {
    return optional_shape<T>();
  } else if constexpr (DescribedStruct<T>) {
    return object_shape<T>();
  } else if constexpr (DescribedEnum<T>) {
    return choice_shape<T>();
  } else if constexpr (MapType<T>) {
    return map_shape<T>();
  } else {
    static_assert(
        ListType<T>,
        "this type is not described: write BOOST_DESCRIBE_STRUCT (or BOOST_DESCRIBE_ENUM), or a function "
        "`describe` for it beside it; numbers, bool, std::string, Json, optionals, pointers, lists and maps with "
        "texts as keys need none");
    return list_shape<T>();
  }
}

template <class T>
const Shape& shape_of() {
  static const Shape shape = make_shape<T>();
  return shape;
}

ANTIPHON_EXPORT Json schema_of(const Shape& shape, bool strict);
/// Empty when the text was read; else what is wrong with it.
ANTIPHON_EXPORT std::optional<Error> read_described(const Shape& shape, std::string_view json, void* value);
ANTIPHON_EXPORT Json write_described(const Shape& shape, const void* value);

}  // namespace detail

/// A type that has a JSON form: a described struct or enumeration, or anything made of such.
template <class T>
concept Described = detail::DescribedStruct<T> || detail::DescribedEnum<T>;

/// The JSON Schema of a type. Objects take no other fields than those described; a field is required unless it is an
/// optional or a pointer, or has a default value. `strict` gives the form that providers want who enforce schemas:
/// every field is required, and one that may be missing may be `null`.
template <class T>
Json schema_of(bool strict = false) {
  return detail::schema_of(detail::shape_of<T>(), strict);
}

/// Reads JSON. Gives `Error{invalid_data}` with what is wrong, up to ten things, and where, as JSON pointers:
/// `/days/0/high: expected a number, got "3"`. A field that is not described is wrong too.
template <class T>
Result<T> try_read_json(const Json& json) {
  T value{};
  if (std::optional<Error> error = detail::read_described(detail::shape_of<T>(), json.text(), &value)) return *error;
  return value;
}

/// The same; throws.
template <class T>
T read_json(const Json& json) {
  return try_read_json<T>(json).value();
}

/// Writes a value as JSON; optionals and pointers that hold nothing are left out. Throws `Error{invalid_data}` for what
/// has no JSON form: a number that is not finite, an enumerator without a name, a struct that holds itself without end.
template <class T>
Json write_json(const T& value) {
  return detail::write_described(detail::shape_of<T>(), &value);
}

template <class T>
T Json::as() const {
  return read_json<T>(*this);
}

}  // namespace antiphon::inline v0
