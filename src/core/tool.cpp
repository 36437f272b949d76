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

ToolResult::ToolResult(Part part) { parts_.push_back(std::move(part)); }

ToolResult::ToolResult(std::vector<Part> parts) : parts_(std::move(parts)) {}

Tool::Tool(std::string name, std::string description, Json parameters)
    : name_(std::move(name)), description_(std::move(description)), parameters_(std::move(parameters)) {}

const Json& Tool::parameters() const {
  return strict_.value_or(false) && has_strict_parameters_ ? strict_parameters_ : parameters_;
}

Tool Tool::provider_defined(std::string family, Json definition) {
  Tool tool{std::string(), std::string(), Json()};
  tool.provider_ = std::move(family);
  tool.raw_ = std::move(definition);
  return tool;
}

Tool& Tool::strict(bool value) & { return strict_ = value, *this; }

Tool& Tool::strict_parameters(Json value) & { return has_strict_parameters_ = true, strict_parameters_ = std::move(value), *this; }

Tool& Tool::with(OwnOptions value) & { return own_.push_back(std::move(value)), *this; }

Tool& Tool::timeout(std::chrono::nanoseconds value) & { return timeout_ = value, *this; }

Tool& Tool::function(std::shared_ptr<const detail::ToolFunction> value) & {
  return function_ = std::move(value), *this;
}

Tool&& Tool::strict_parameters(Json value) && { return std::move(strict_parameters(std::move(value))); }

Tool&& Tool::with(OwnOptions value) && { return std::move(with(std::move(value))); }

Tool&& Tool::function(std::shared_ptr<const detail::ToolFunction> value) && {
  return std::move(function(std::move(value)));
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
