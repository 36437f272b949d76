#pragma once

// Structs of yours as JSON: arguments of tools, structured answers. Opt-in: it is not part of <antiphon/antiphon.hpp>.
// Where Boost.Describe is installed, its macros describe them; see `Fields` for the way without.

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <antiphon/description.hpp>
#include <antiphon/tool.hpp>
#include <antiphon/tool_function.hpp>

#if __has_include(<boost/describe.hpp>)
#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#endif

namespace antiphon::inline v0 {

namespace detail {

#if __has_include(<boost/describe.hpp>)
template <class T>
concept BoostStruct = boost::describe::has_describe_members<T>::value && std::is_class_v<T>;
template <class T>
concept BoostEnum = boost::describe::has_describe_enumerators<T>::value;

template <BoostStruct T>
class ExternalDescription<T> : public std::true_type {
 public:
  static void add(Fields<T>& fields) {
    using namespace boost::describe;
    using Members = describe_members<T, mod_public | mod_inherited>;
    boost::mp11::mp_for_each<Members>([&](auto member) { fields.field(member.name, member.pointer); });
  }
};

template <BoostEnum T>
class ExternalDescription<T> : public std::true_type {
 public:
  static void add(Choices<T>& choices) {
    using Enumerators = boost::describe::describe_enumerators<T>;
    boost::mp11::mp_for_each<Enumerators>([&](auto enumerator) { choices.choice(enumerator.name, enumerator.value); });
  }
};
#endif

/// Results that may be described structs, or lists and maps of them.
class DescribedResults {
 public:
  template <class T>
  static ToolResult to_result(T&& value) {
    using Value = std::remove_cvref_t<T>;
    if constexpr (Described<Value> || ((MapType<Value> || ListType<Value>)&&!std::convertible_to<T&&, ToolResult>)) {
      return ToolResult(write_json<Value>(value));
    } else {
      return PlainResults::to_result(std::forward<T>(value));
    }
  }
};

/// What a function takes first.
template <class... Arguments>
class FirstArgument {
 public:
  using Type = void;
};
template <class First, class... Rest>
class FirstArgument<First, Rest...> {
 public:
  using Type = std::remove_cvref_t<First>;
};

template <class F>
class FunctionArguments : public FunctionArguments<decltype(&F::operator())> {};
template <class R, class... A>
class FunctionArguments<R (*)(A...)> : public FirstArgument<A...> {};
template <class R, class... A>
class FunctionArguments<R (*)(A...) noexcept> : public FirstArgument<A...> {};
template <class R, class C, class... A>
class FunctionArguments<R (C::*)(A...) const> : public FirstArgument<A...> {};
template <class R, class C, class... A>
class FunctionArguments<R (C::*)(A...) const noexcept> : public FirstArgument<A...> {};

/// The arguments of a function that takes none.
class NoArguments {};
inline void describe(Fields<NoArguments>&) {}

/// A function that takes its arguments as a described struct.
template <class Arguments, class Function>
class DescribedToolFunction : public ToolFunction {
 public:
  explicit DescribedToolFunction(Function function)
      : function_(std::make_shared<const Function>(std::move(function))) {}

  std::string objection(const Json& arguments) const override {
    const Result<Arguments> read = try_read_json<Arguments>(arguments);
    return read ? std::string() : read.error().message();
  }

  void call(std::shared_ptr<const ToolCall> call, ToolDone done) const override {
    Result<Arguments> read = try_read_json<Arguments>(call->arguments());
    if (!read) return done(ToolResult::error(read.error().message()));
    if constexpr (std::invocable<const Function&, const Arguments&, const ToolCall&>) {
      start(std::move(done), *std::move(read), *call);
    } else if constexpr (std::invocable<const Function&, const Arguments&>) {
      start(std::move(done), *std::move(read));
    } else if constexpr (std::invocable<const Function&, const ToolCall&>) {
      start(std::move(done), *call);
    } else {
      static_assert(std::invocable<const Function&>,
                    "a tool's function takes a described struct by value or const reference, a ToolCall, or both");
      start(std::move(done));
    }
  }

 private:
  template <class... Values>
  void start(ToolDone done, Values... values) const {
    using Invocation = ToolInvocation<Function, DescribedResults, Values...>;
    run_tool<DescribedResults>(std::make_unique<Invocation>(function_, std::move(values)...), std::move(done));
  }

  std::shared_ptr<const Function> function_;
};

}  // namespace detail

/// A tool from a function that takes a described struct, and the `ToolCall` if it likes; the schema of its arguments is
/// made from the struct:
///
///   struct Where { std::string city; };
///   BOOST_DESCRIBE_STRUCT(Where, (), (city))
///   Tool weather = tool("weather", "Current weather of a city", [](const Where& w) { return lookup(w.city); });
///
/// The function may give back what that of the other `tool` may, and described structs, lists and maps. It takes a
/// type, not `auto`.
template <class Function>
Tool tool(std::string name, std::string description, Function function) {
  using First = typename detail::FunctionArguments<Function>::Type;
  if constexpr (std::is_void_v<First> || std::is_same_v<First, ToolCall>) {
    using Given = detail::DescribedToolFunction<detail::NoArguments, Function>;
    return Tool(std::move(name), std::move(description), schema_of<detail::NoArguments>())
        .function(std::make_shared<const Given>(std::move(function)));
  } else {
    static_assert(
        detail::DescribedStruct<First>,
        "the first parameter is not a described struct: write BOOST_DESCRIBE_STRUCT or a function `describe` for "
        "it, or give the JSON Schema of the arguments before the function");
    using Given = detail::DescribedToolFunction<First, Function>;
    return Tool(std::move(name), std::move(description), schema_of<First>())
        .strict_parameters(schema_of<First>(true))
        .function(std::make_shared<const Given>(std::move(function)));
  }
}

}  // namespace antiphon::inline v0
