#include <antiphon/tool.hpp>

#include <exception>

#include <antiphon/tool_function.hpp>
#include <antiphon/tool_task.hpp>

namespace antiphon::inline v0 {

ToolResult::ToolResult() : text_("done") {}

ToolResult ToolResult::error(std::string text) {
  ToolResult result(std::move(text));
  result.is_error_ = true;
  return result;
}

namespace detail {

ToolFunction::~ToolFunction() = default;

ToolResult thrown_by_tool() noexcept {
  try {
    throw;
  } catch (const std::exception& error) {
    return ToolResult::error(error.what());
  } catch (...) {
    return ToolResult::error("the tool failed");
  }
}

// Out of line on purpose: see the classes.
[[gnu::noinline]] std::coroutine_handle<> TaskEnd::await_suspend(std::coroutine_handle<>) noexcept {
  return continuation_;
}

[[gnu::noinline]] std::coroutine_handle<> TaskAwaiter::await_suspend(std::coroutine_handle<> waiter) noexcept {
  promise_->continuation(waiter);
  return task_;
}

}  // namespace detail

}  // namespace antiphon::inline v0
