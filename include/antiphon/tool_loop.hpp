#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <antiphon/export.hpp>
#include <antiphon/hidden.hpp>
#include <antiphon/money.hpp>
#include <antiphon/tool.hpp>

namespace antiphon::inline v0 {

/// Whether a call of a tool may be made.
class Approval {
 public:
  Approval(bool approved) : approved_(approved) {}
  static Approval approved() { return Approval(true); }
  /// The model gets an error as the result of its call, with this reason.
  static Approval refused(std::string reason = {}) {
    Approval approval(false);
    approval.reason_ = std::move(reason);
    return approval;
  }

  explicit operator bool() const { return approved_; }
  const std::string& reason() const { return reason_; }

 private:
  bool approved_;
  std::string reason_;
};

/// What happens when the model wants more calls of tools than `ToolLoop` allows.
enum class AtToolLimit {
  fail,    ///< the call fails with `Error{tool_limit}`; what was done so far is in `partial()->history()`
  answer,  ///< the model is told to call no tool (`ToolChoice::Kind::none`) in the last answer that `max_steps` allows,
           ///< or asked once more beyond another limit; it fails when it calls one all the same
};

/// How the functions of tools are run. A deadline of the call (`Options::deadline`) holds for all of it. What a call
/// does not set is taken from the options of its handle and model, each value by itself.
///
/// A value that makes no sense (a number below 1, a time of zero) makes the call fail with `ErrorKind::invalid_request`
/// that names it, such as `tool_loop.max_steps`.
class ANTIPHON_EXPORT ToolLoop {
 public:
  /// Most answers of the model in one call, the last one included. Default 20.
  ToolLoop& max_steps(int value) &;
  /// Most calls of tools in one call. Default 200.
  ToolLoop& max_calls(int value) &;
  /// No tool is called any more when this time has passed since the start. Default: none.
  ToolLoop& max_time(std::chrono::nanoseconds value) &;
  /// No tool is called any more when the answers so far have cost this, more than zero, by the prices of the
  /// `Catalogue`. It is looked at between answers: the last one, and work that a provider charges beside tokens, may go
  /// beyond. An attempt that failed counts with what it said that it used. When the price of a model that may be asked
  /// is not known, the call fails with `ErrorKind::invalid_request` before anything is sent; when a provider does not
  /// say what an answer used, the limit counts as reached. Default: none.
  ToolLoop& max_cost(Money value) &;
  /// Default `fail`.
  ToolLoop& at_limit(AtToolLimit value) &;
  /// How many functions may run at the same time, when one answer has several calls. Default 1: one after the other, in
  /// the model's order. Results are in that order in any case.
  ToolLoop& concurrency(int value) &;
  /// How long one call of a tool may take whose `Tool::timeout` is not set. What takes longer is told to stop
  /// (`ToolCall::stop_token`), and the model gets an error as its result. Default: none.
  ToolLoop& tool_timeout(std::chrono::nanoseconds value) &;
  /// Longest text of a result, in bytes, or of each part when it has several; what is longer is cut, and the model is
  /// told. Default 256 KiB.
  ToolLoop& max_result_bytes(std::size_t value) &;
  /// Asked before each call, in the model's order and one at a time, where the functions run: it may block. One that
  /// throws refuses.
  ToolLoop& approve(std::function<Approval(const ToolCall&)> value) &;

  ToolLoop&& max_steps(int value) && { return std::move(max_steps(value)); }
  ToolLoop&& max_calls(int value) && { return std::move(max_calls(value)); }
  ToolLoop&& max_time(std::chrono::nanoseconds value) && { return std::move(max_time(value)); }
  ToolLoop&& max_cost(Money value) && { return std::move(max_cost(value)); }
  ToolLoop&& at_limit(AtToolLimit value) && { return std::move(at_limit(value)); }
  ToolLoop&& concurrency(int value) && { return std::move(concurrency(value)); }
  ToolLoop&& tool_timeout(std::chrono::nanoseconds value) && { return std::move(tool_timeout(value)); }
  ToolLoop&& max_result_bytes(std::size_t value) && { return std::move(max_result_bytes(value)); }
  ToolLoop&& approve(std::function<Approval(const ToolCall&)> value) &&;

  int max_steps() const;
  int max_calls() const;
  const std::optional<std::chrono::nanoseconds>& max_time() const;
  const std::optional<Money>& max_cost() const;
  AtToolLimit at_limit() const;
  int concurrency() const;
  const std::optional<std::chrono::nanoseconds>& tool_timeout() const;
  std::size_t max_result_bytes() const;
  const std::function<Approval(const ToolCall&)>& approve() const;

  /// Takes from `defaults` what is not set here.
  ToolLoop& complete_with(const ToolLoop& defaults) &;

 private:
  struct Body;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<ToolLoop::Body>;

}  // namespace antiphon::inline v0
