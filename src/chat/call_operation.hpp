#pragma once

#include <memory>
#include <type_traits>

#include <antiphon/async.hpp>

#include "chat/running_call.hpp"

namespace antiphon::inline v0::detail {

/// Tells the provider's loggers that a continuation of the user's threw.
void log_callback_failure(const ProviderCore& provider, const char* what) noexcept;

/// A call whose result comes as one value: what an `Async<T>` starts and waits for.
template <class T>
class CallOperation : public ResultOperation<T>, public CallWork {
 public:
  /// The way through the pipeline.
  using Output = std::conditional_t<std::is_same_v<T, Response>, pipeline::Outcome, Result<T>>;
  using Layers = pipeline::Task<Output> (*)(pipeline::Call&);

  CallOperation(std::shared_ptr<RunningCall> call, Layers layers) : call_(std::move(call)), layers_(layers) {}

  void cancel() noexcept override { this->is_abandoned() ? call_->abandon() : call_->cancel(); }

 protected:
  void begin() override { call_->start(std::static_pointer_cast<CallOperation>(this->shared_from_this()), nullptr); }
  bool on_engine_thread() const noexcept override { return call_->provider().engine->on_thread(); }
  void callback_failed(const char* what) noexcept override { log_callback_failure(call_->provider(), what); }

 private:
  pipeline::Task<bool> work(pipeline::Call& call) override {
    Output output = co_await layers_(call);
    if constexpr (std::is_same_v<T, Response>) {
      this->result = std::move(output).take();
    } else {
      this->result = std::move(output);
    }
    co_return true;
  }
  void refused(Error error) override { this->result = Result<T>(std::move(error)); }
  const Result<Response>* outcome() const override {
    if constexpr (std::is_same_v<T, Response>) {
      return &*this->result;
    } else {
      return nullptr;
    }
  }
  void ended() override { this->complete(); }

  std::shared_ptr<RunningCall> call_;
  Layers layers_;
};

}  // namespace antiphon::inline v0::detail
