#include <antiphon/tool.hpp>

#include <exception>

#include <antiphon/tool_function.hpp>
#include <antiphon/tool_task.hpp>

#include "core/hidden.hpp"

namespace antiphon::inline v0 {

ToolResult::ToolResult() : text_("done") {}

ToolResult ToolResult::error(std::string text) {
  ToolResult result(std::move(text));
  result.is_error_ = true;
  return result;
}

ToolResult::ToolResult(Part part) { parts_.push_back(std::move(part)); }

ToolResult::ToolResult(std::vector<Part> parts) : parts_(std::move(parts)) {}

struct Tool::Body {
  std::string name;
  std::string description;
  Json parameters;
  std::optional<Json> strict_parameters;
  std::optional<bool> strict;
  std::vector<OwnOptions> own;
  std::string provider;
  Json raw;
  std::optional<std::chrono::nanoseconds> timeout;
  std::shared_ptr<const detail::ToolFunction> function;
};

template class detail::Hidden<Tool::Body>;

Tool::Tool(std::string name, std::string description, Json parameters) {
  Body& body = body_.edit();
  body.name = std::move(name);
  body.description = std::move(description);
  body.parameters = std::move(parameters);
}

const Json& Tool::parameters() const {
  const Body& body = body_.read();
  return body.strict.value_or(false) && body.strict_parameters ? *body.strict_parameters : body.parameters;
}

Tool Tool::provider_defined(std::string family, Json definition) {
  Tool tool{std::string(), std::string(), Json()};
  tool.body_.edit().provider = std::move(family);
  tool.body_.edit().raw = std::move(definition);
  return tool;
}

Tool& Tool::strict(bool value) & { return body_.edit().strict = value, *this; }

Tool& Tool::strict_parameters(Json value) & { return body_.edit().strict_parameters = std::move(value), *this; }

Tool& Tool::with(OwnOptions value) & { return body_.edit().own.push_back(std::move(value)), *this; }

Tool& Tool::timeout(std::chrono::nanoseconds value) & { return body_.edit().timeout = value, *this; }

Tool& Tool::function(std::shared_ptr<const detail::ToolFunction> value) & {
  return body_.edit().function = std::move(value), *this;
}

Tool&& Tool::strict_parameters(Json value) && { return std::move(strict_parameters(std::move(value))); }

Tool&& Tool::with(OwnOptions value) && { return std::move(with(std::move(value))); }

Tool&& Tool::function(std::shared_ptr<const detail::ToolFunction> value) && {
  return std::move(function(std::move(value)));
}

const std::string& Tool::name() const { return body_.read().name; }

const std::string& Tool::description() const { return body_.read().description; }

const std::optional<bool>& Tool::strict() const { return body_.read().strict; }

const std::vector<OwnOptions>& Tool::own_options() const { return body_.read().own; }

const std::string& Tool::provider() const { return body_.read().provider; }

const Json& Tool::raw() const { return body_.read().raw; }

const std::optional<std::chrono::nanoseconds>& Tool::timeout() const { return body_.read().timeout; }

const std::shared_ptr<const detail::ToolFunction>& Tool::function() const { return body_.read().function; }

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
