#include <antiphon/provider.hpp>

#include "chat/call_operation.hpp"
#include "chat/provider_core.hpp"
#include "chat/stream_state.hpp"
#include "pipeline/embed.hpp"
#include "pipeline/list_models.hpp"
#include "pipeline/pipeline.hpp"
#include "providers/embedding_ask.hpp"

namespace antiphon::inline v0 {

namespace detail {

void log_callback_failure(const ProviderCore& provider, const char* what) noexcept {
  if (!provider.settings.observers.log) return;
  try {
    LogRecord record(LogLevel::error, "callback.threw");
    record.time(provider.engine->scheduler().wall_now()).field("provider", provider.name).field("what", what);
    provider.settings.observers.log->log(std::move(record));
  } catch (...) {
    // Out of memory while reporting: nothing is left to do about it.
  }
}

}  // namespace detail

Provider::Provider(std::shared_ptr<const detail::ProviderCore> core) : core_(std::move(core)) {}

Response Provider::chat(const Messages& messages, const Options& options) const {
  return async_chat(messages, options).get();
}

Result<Response> Provider::try_chat(const Messages& messages, const Options& options) const {
  return async_chat(messages, options).get_result();
}

Async<Response> Provider::async_chat(Messages messages, Options options) const {
  auto call = std::make_shared<detail::RunningCall>(core_, Request(std::move(messages), std::move(options)));
  return Async<Response>(std::make_shared<detail::CallOperation<Response>>(std::move(call), &pipeline::run));
}

Stream Provider::stream(Messages messages, Options options) const {
  auto call = std::make_shared<detail::RunningCall>(core_, Request(std::move(messages), std::move(options), true));
  return Stream(std::make_shared<detail::StreamState>(std::move(call)));
}

Embeddings Provider::embed(const Texts& texts, const EmbeddingOptions& options) const {
  return async_embed(texts, options).get();
}

Result<Embeddings> Provider::try_embed(const Texts& texts, const EmbeddingOptions& options) const {
  return async_embed(texts, options).get_result();
}

Async<Embeddings> Provider::async_embed(Texts texts, EmbeddingOptions options) const {
  auto call = std::make_shared<detail::RunningCall>(core_, codec::embedding_request(texts, std::move(options)));
  using Operation = detail::CallOperation<Embeddings>;
  return Async<Embeddings>(std::make_shared<Operation>(std::move(call), &pipeline::embed));
}

std::vector<ModelInfo> Provider::list_models(const Options& options) const { return async_list_models(options).get(); }

Result<std::vector<ModelInfo>> Provider::try_list_models(const Options& options) const {
  return async_list_models(options).get_result();
}

Async<std::vector<ModelInfo>> Provider::async_list_models(Options options) const {
  auto call = std::make_shared<detail::RunningCall>(core_, Request(Messages(), std::move(options)));
  using Operation = detail::CallOperation<std::vector<ModelInfo>>;
  return Async<std::vector<ModelInfo>>(std::make_shared<Operation>(std::move(call), &pipeline::list_models));
}

const std::string& Provider::name() const { return core_->name; }

}  // namespace antiphon::inline v0
