#pragma once

#include <concepts>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <antiphon/export.hpp>
#include <antiphon/json.hpp>
#include <antiphon/tool.hpp>

namespace antiphon::inline v0 {

namespace detail {

template <class T>
concept Awaiter = requires(T& value, std::coroutine_handle<> waiter) {
  { value.await_ready() } -> std::convertible_to<bool>;
  value.await_suspend(waiter);
  value.await_resume();
};
template <class T>
concept MemberAwaitable = requires(T&& value) { std::forward<T>(value).operator co_await(); };
template <class T>
concept FreeAwaitable = requires(T&& value) { operator co_await(std::forward<T>(value)); };
template <class T>
concept Awaitable = Awaiter<T> || MemberAwaitable<T> || FreeAwaitable<T>;

template <class T>
decltype(auto) awaiter_of(T&& value) {
  if constexpr (MemberAwaitable<T>) {
    return std::forward<T>(value).operator co_await();
  } else if constexpr (FreeAwaitable<T>) {
    return operator co_await(std::forward<T>(value));
  } else {
    return std::forward<T>(value);
  }
}

/// Runs by itself to its end.
class DetachedTool {
 public:
  class promise_type {
   public:
    DetachedTool get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

/// What was thrown, for the model to read. Call it while handling an exception.
ANTIPHON_EXPORT ToolResult thrown_by_tool() noexcept;

/// One call: the function and what it is called with, kept until it has ended.
template <class Function, class Convert, class... Arguments>
class ToolInvocation {
 public:
  ToolInvocation(std::shared_ptr<const Function> function, Arguments... arguments)
      : function_(std::move(function)), arguments_(std::move(arguments)...) {}

  using Given = std::invoke_result_t<const Function&, const Arguments&...>;

  Given operator()() const { return std::apply(*function_, arguments_); }

 private:
  std::shared_ptr<const Function> function_;
  std::tuple<Arguments...> arguments_;
};

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the frame of a coroutine for a type that others could see.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsubobject-linkage"
#endif
template <class Convert, class Invocation>
DetachedTool await_tool(std::unique_ptr<Invocation> invocation, ToolDone done) {
  ToolResult result;  // what a function that gives nothing back says
  try {
    auto given = (*invocation)();
    using Value = decltype(awaiter_of(std::move(given)).await_resume());
    if constexpr (std::is_void_v<Value>) {
      co_await std::move(given);
    } else {
      Value value = co_await std::move(given);
      result = Convert::to_result(std::forward<Value>(value));
    }
  } catch (...) {
    result = thrown_by_tool();
  }
  // What the function holds on to goes before anybody learns that it has ended.
  invocation.reset();
  done(std::move(result));
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

template <class Convert, class Invocation>
void run_tool(std::unique_ptr<Invocation> invocation, ToolDone done) {
  using Given = typename Invocation::Given;
  if constexpr (!std::is_void_v<Given> && Awaitable<Given>) {
    await_tool<Convert>(std::move(invocation), std::move(done));
  } else {
    ToolResult result;  // what a function that gives nothing back says
    try {
      if constexpr (std::is_void_v<Given>) {
        (*invocation)();
      } else {
        result = Convert::to_result((*invocation)());
      }
    } catch (...) {
      result = thrown_by_tool();
    }
    invocation.reset();
    done(std::move(result));
  }
}

/// Makes results of what functions give back.
class PlainResults {
 public:
  template <class T>
  static ToolResult to_result(T&& value) {
    using Value = std::remove_cvref_t<T>;
    if constexpr (std::is_arithmetic_v<Value>) {
      return ToolResult(Json::of(value));
    } else if constexpr (requires {
                           { value.content() } -> std::convertible_to<std::string>;
                         }) {
      return ToolResult(value.content());
    } else {
      static_assert(std::convertible_to<T&&, ToolResult>,
                    "a tool gives back a text, Json, a number, parts, a ToolResult, or with <antiphon/describe.hpp> a "
                    "described struct");
      return ToolResult(std::forward<T>(value));
    }
  }
};

/// What is wrong with arguments, by a JSON Schema; empty when nothing is.
ANTIPHON_EXPORT std::string objection_by_schema(const Json& schema, const Json& arguments);

/// A function that takes its arguments as JSON.
template <class Function>
class JsonToolFunction : public ToolFunction {
 public:
  JsonToolFunction(Json schema, Function function)
      : schema_(std::move(schema)), function_(std::make_shared<const Function>(std::move(function))) {}

  std::string objection(const Json& arguments) const override { return objection_by_schema(schema_, arguments); }

  void call(std::shared_ptr<const ToolCall> call, ToolDone done) const override {
    using F = const Function&;
    if constexpr (std::invocable<F, const Json&, const ToolCall&>) {
      start(std::move(done), call->arguments(), *call);
    } else if constexpr (std::invocable<F, const Json&>) {
      start(std::move(done), call->arguments());
    } else if constexpr (std::invocable<F, const std::string&, const ToolCall&>) {
      start(std::move(done), call->arguments().text(), *call);
    } else if constexpr (std::invocable<F, const std::string&>) {
      start(std::move(done), call->arguments().text());
    } else if constexpr (std::invocable<F, const ToolCall&>) {
      start(std::move(done), *call);
    } else {
      static_assert(std::invocable<F>,
                    "a tool's function takes Json or std::string, a ToolCall, or both; it must not be `mutable`");
      start(std::move(done));
    }
  }

 private:
  template <class... Arguments>
  void start(ToolDone done, Arguments... arguments) const {
    using Invocation = ToolInvocation<Function, PlainResults, Arguments...>;
    run_tool<PlainResults>(std::make_unique<Invocation>(function_, std::move(arguments)...), std::move(done));
  }

  Json schema_;
  std::shared_ptr<const Function> function_;
};

}  // namespace detail

/// A tool from a JSON Schema and a function that takes the arguments as `Json` or text, and the `ToolCall` if it likes:
///
///   tool("weather", "Current weather of a city", R"({"type":"object","properties":{"city":{"type":"string"}}})",
///        [](const Json& arguments) { return look_up(arguments.text()); })
///
/// The function gives back a text, `Json`, a number, parts, a `Response`, a `ToolResult`, nothing, or something to
/// await that gives one of these, such as a `ToolTask` or an `Async<Response>`. It runs on a worker thread, where it
/// may block; what it throws becomes an error that the model sees. It may be called from several threads at the same
/// time. After a `co_await` of an `Async` it goes on on the engine's own thread, where it must not block, unless `on`
/// of what it awaits says otherwise.
template <class Function>
Tool tool(std::string name, std::string description, Json parameters, Function function) {
  Tool made(std::move(name), std::move(description), parameters);
  made.function(std::make_shared<const detail::JsonToolFunction<Function>>(std::move(parameters), std::move(function)));
  return made;
}

}  // namespace antiphon::inline v0
