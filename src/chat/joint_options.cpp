#include "chat/joint_options.hpp"

#include <string>
#include <utility>

#include <antiphon/error.hpp>

namespace antiphon::inline v0::detail {

namespace {

bool has_deadline(const Options& options) { return options.deadline() || options.deadline_after(); }

Error disagreement(const char* name) {
  return Error(ErrorKind::invalid_config, "the providers inside differ: set it here")
      .where(std::string("fallback.options.") + name);
}

/// Two functions cannot be compared, unless both are the handle's own.
bool agree(const ToolLoop& a, const ToolLoop& b, bool asks_itself) {
  return a.max_steps() == b.max_steps() && a.max_calls() == b.max_calls() && a.max_time() == b.max_time() &&
         a.max_cost() == b.max_cost() && a.at_limit() == b.at_limit() && a.concurrency() == b.concurrency() &&
         a.tool_timeout() == b.tool_timeout() && a.max_result_bytes() == b.max_result_bytes() &&
         (asks_itself || (!a.approve() && !b.approve()));
}

}  // namespace

std::shared_ptr<const Options> join(const std::shared_ptr<const Options>& outer,
                                    const std::shared_ptr<const Options>& inner) {
  if (!outer || !inner) return outer ? outer : inner;
  Options joint = *outer;
  joint.complete_with(*inner);
  return std::make_shared<const Options>(std::move(joint));
}

CallOptions::CallOptions(std::shared_ptr<const Options> own)
    : own_(std::move(own)),
      takes_deadline_(!own_ || !has_deadline(*own_)),
      takes_continuation_(!own_ || own_->continue_with() == Continuation::none) {}

void CallOptions::move_up(const std::shared_ptr<const Options>& inner) {
  if (!inner) return;
  if (takes_deadline_ && has_deadline(*inner)) {
    if (with_deadline_ && (with_deadline_->deadline() != inner->deadline() ||
                           with_deadline_->deadline_after() != inner->deadline_after())) {
      throw disagreement("deadline");
    }
    with_deadline_ = *inner;
  }
  const Continuation continuation = inner->continue_with();
  if (takes_continuation_ && continuation != Continuation::none) {
    if (continuation_.value_or(continuation) != continuation) throw disagreement("continue_with");
    continuation_ = continuation;
  }
  if (inner->tool_loop()) {
    ToolLoop loop = own_ && own_->tool_loop() ? *own_->tool_loop() : ToolLoop();
    const bool asks_itself = static_cast<bool>(loop.approve());
    loop.complete_with(*inner->tool_loop());
    if (tool_loop_ && !agree(*tool_loop_, loop, asks_itself)) throw disagreement("tool_loop");
    tool_loop_ = std::move(loop);
  }
}

std::shared_ptr<const Options> CallOptions::joint() const {
  if (!with_deadline_ && !continuation_ && !tool_loop_) return own_;
  Options joint = own_ ? *own_ : Options();
  if (with_deadline_ && with_deadline_->deadline()) joint.deadline(*with_deadline_->deadline());
  if (with_deadline_ && with_deadline_->deadline_after()) joint.deadline(*with_deadline_->deadline_after());
  if (continuation_) joint.continue_with(*continuation_);
  if (tool_loop_) joint.tool_loop(*tool_loop_);
  return std::make_shared<const Options>(std::move(joint));
}

}  // namespace antiphon::inline v0::detail
