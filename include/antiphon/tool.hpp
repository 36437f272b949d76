#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <antiphon/export.hpp>
#include <antiphon/hidden.hpp>
#include <antiphon/json.hpp>
#include <antiphon/message.hpp>
#include <antiphon/own_options.hpp>

namespace antiphon::inline v0 {

/// One call of a tool, as the tool's function sees it.
class ToolCall {
 public:
  ToolCall(std::string id, std::string name, Json arguments)
      : id_(std::move(id)), name_(std::move(name)), arguments_(std::move(arguments)) {}

  const std::string& id() const { return id_; }
  const std::string& name() const { return name_; }
  /// A JSON object, as the model wrote it.
  const Json& arguments() const { return arguments_; }
  /// Which answer of the model called, from 1.
  int step() const { return step_; }
  /// A stop is requested when nobody waits for the result any more: the call was cancelled, its deadline passed, or the
  /// tool took longer than it may. A function that may take long should look at it, for no call ends before the
  /// functions that it started have returned.
  const std::stop_token& stop_token() const { return stop_; }

  ToolCall& step(int value) { return step_ = value, *this; }
  ToolCall& stop_token(std::stop_token value) { return stop_ = std::move(value), *this; }

 private:
  std::string id_;
  std::string name_;
  Json arguments_;
  int step_ = 1;
  std::stop_token stop_;
};

/// What a tool gives back to the model: a text, JSON, or parts (images for example).
class ANTIPHON_EXPORT ToolResult {
 public:
  /// Says "done".
  ToolResult();
  /// A text, or any value of a JSON library that has `.dump()`.
  template <class T>
    requires(std::convertible_to<const T&, std::string_view> || std::convertible_to<const T&, Json>)
  ToolResult(const T& value) {
    if constexpr (std::convertible_to<const T&, std::string_view>) {
      text_ = std::string(std::string_view(value));
    } else {
      text_ = Json(value).text();
    }
  }
  ToolResult(Part part);
  ToolResult(std::vector<Part> parts);

  /// Tells the model that the call failed, and why.
  static ToolResult error(std::string text);

  /// Empty when there are parts.
  const std::string& text() const { return text_; }
  /// Empty when there is a text alone.
  const std::vector<Part>& parts() const { return parts_; }
  bool is_error() const { return is_error_; }

 private:
  std::string text_;
  std::vector<Part> parts_;
  bool is_error_ = false;
};

namespace detail {

/// Takes the result of one call, once; from any thread.
using ToolDone = std::function<void(ToolResult)>;

/// What a tool does. Called from several threads at the same time.
class ANTIPHON_EXPORT ToolFunction {
 public:
  virtual ~ToolFunction();
  /// What is wrong with the arguments of a call, for the model to read; empty when nothing is. `arguments` is an
  /// object.
  virtual std::string objection(const Json& arguments) const = 0;
  /// Must not throw.
  virtual void call(std::shared_ptr<const ToolCall> call, ToolDone done) const = 0;
};

}  // namespace detail

/// A tool that the model may call: name, description, and the JSON Schema of its arguments. Made with a function by
/// `tool`; without one, its calls are yours to answer.
class ANTIPHON_EXPORT Tool {
 public:
  Tool(std::string name, std::string description, Json parameters = R"({"type":"object","properties":{}})");

  const std::string& name() const;
  const std::string& description() const;
  /// With `strict(true)`, that of `strict_parameters`, if there is one.
  const Json& parameters() const;
  const std::optional<bool>& strict() const;
  const std::vector<OwnOptions>& own_options() const;
  /// Family of providers of a tool that they run themselves; empty for one of yours.
  const std::string& provider() const;
  /// Definition of a tool that the provider runs itself.
  const Json& raw() const;
  /// How long one call of the function may take; unset for as long as `ToolLoop::tool_timeout` says.
  const std::optional<std::chrono::nanoseconds>& timeout() const;
  /// Null when the tool has none.
  const std::shared_ptr<const detail::ToolFunction>& function() const;

  /// A tool that the provider runs itself, web search for example: its own definition, sent as it is to that family of
  /// providers; to others it cannot be carried.
  static Tool provider_defined(std::string family, Json definition);

  /// Ask the provider to enforce the schema of the arguments; unset leaves it to the provider. The arguments of a tool
  /// that has a function are checked here in any case.
  Tool& strict(bool value) &;
  /// A schema in the form that strict providers want: every property required.
  Tool& strict_parameters(Json value) &;
  /// Fields that a family of providers takes beside its definition, such as `anthropic::cache_control()`.
  Tool& with(OwnOptions value) &;
  /// What takes longer is told to stop, and the model gets an error as its result. Longer than zero.
  Tool& timeout(std::chrono::nanoseconds value) &;
  Tool& function(std::shared_ptr<const detail::ToolFunction> value) &;

  Tool&& strict(bool value) && { return std::move(strict(value)); }
  Tool&& strict_parameters(Json value) &&;
  Tool&& with(OwnOptions value) &&;
  Tool&& timeout(std::chrono::nanoseconds value) && { return std::move(timeout(value)); }
  Tool&& function(std::shared_ptr<const detail::ToolFunction> value) &&;

 private:
  struct Body;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<Tool::Body>;

/// Whether the model may, must or must not call a tool.
class ToolChoice {
 public:
  enum class Kind { automatic, none, required, named };

  ToolChoice(Kind kind) : kind_(kind) {}
  /// The model must call this tool.
  static ToolChoice named(std::string tool) {
    ToolChoice choice(Kind::named);
    choice.name_ = std::move(tool);
    return choice;
  }

  Kind kind() const { return kind_; }
  const std::string& name() const { return name_; }

 private:
  Kind kind_;
  std::string name_;
};

}  // namespace antiphon::inline v0
