#include "chat/running_call.hpp"

#include <utility>

#include "pipeline/thrown.hpp"

namespace antiphon::inline v0::detail {

namespace {

Error cancelled_by_user() { return Error(ErrorKind::cancelled, "the call was cancelled"); }

}  // namespace

RunningCall::RunningCall(std::shared_ptr<const ProviderCore> provider, Request&& request,
                         std::shared_ptr<CallHook> hook)
    : provider_(std::move(provider)), request_(std::move(request)), hook_(std::move(hook)) {
  if (provider_->settings.options) request_.options().complete_with(*provider_->settings.options);
}

void RunningCall::start(std::shared_ptr<CallWork> work, pipeline::ChunkOutput* output) {
  work_ = std::move(work);
  output_ = output;
  std::optional<Error> objection;
  if (hook_) objection = hook_->begin(request_);
  if (objection) hook_.reset();
  const bool posted = provider_->engine->post([self = shared_from_this(), objection] {
    if (objection) {
      self->refuse(*objection);
    } else {
      self->run();
    }
  });
  if (!posted) refuse(objection ? *objection : engine_ended());
}

void RunningCall::cancel() noexcept { cancel(cancelled_by_user()); }

void RunningCall::cancel(Error reason) noexcept {
  try {
    provider_->engine->post([self = shared_from_this(), reason = std::move(reason)] {
      if (self->call_) self->call_->cancel.cancel(reason);
    });
  } catch (...) {
    // Out of memory: the call goes on to its own end.
  }
}

void RunningCall::abandon(const std::string& read) noexcept {
  if (hook_) hook_->abandoned(read);
  cancel();
}

void RunningCall::run() {
  EngineCore& engine = *provider_->engine;
  if (engine.stopping()) return refuse(engine_ended());
  if (request_.options().stop_token().stop_requested()) return refuse(cancelled_by_user());
  HttpTransport* transport = nullptr;
  try {
    transport = &engine.transport();
  } catch (...) {
    return refuse(pipeline::thrown_error());
  }
  call_.reset(new pipeline::Call{.scheduler = engine.scheduler(),
                                 .transport = *transport,
                                 .random = engine.random(),
                                 .settings = provider_->settings,
                                 .links = provider_->links,
                                 .request = request_,
                                 .output = output_,
                                 .fetcher = &engine.fetcher(),
                                 .workers = engine.workers()});
  engine.enter(call_->cancel);
  watch_stop_token();
  auto done = [self = shared_from_this()](bool) {
    self->on_stop_.reset();
    self->provider_->engine->leave(self->call_->cancel);
    self->call_.reset();
    // Whoever holds this one may do so for long.
    self->request_.messages() = Messages();
    self->end();
  };
  pipeline::spawn(work_->work(*call_), std::move(done));
}

void RunningCall::watch_stop_token() {
  const std::stop_token& token = request_.options().stop_token();
  if (!token.stop_possible()) return;
  // The token's thread may be late: then there is nothing left to cancel.
  on_stop_.emplace(token, [weak = weak_from_this()] {
    if (const auto call = weak.lock()) call->cancel();
  });
}

void RunningCall::refuse(Error error) {
  work_->refused(std::move(error));
  end();
}

void RunningCall::end() {
  const std::shared_ptr<CallWork> work = std::exchange(work_, nullptr);
  if (hook_ && work->outcome()) hook_->end(*work->outcome());
  work->ended();
}

}  // namespace antiphon::inline v0::detail
