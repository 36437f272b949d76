#include <antiphon/conversation.hpp>

#include <memory>
#include <mutex>
#include <utility>

#include "chat/call_operation.hpp"
#include "chat/provider_core.hpp"
#include "chat/stream_state.hpp"
#include "pipeline/pipeline.hpp"

namespace antiphon::inline v0 {

/// History and settings, shared with the turns under way. A turn takes the history when it starts and brings the
/// answer when it ends.
struct Conversation::State : public detail::CallHook {
  State(Provider p, ConversationConfig c) : provider(std::move(p)), config(std::move(c)) { reset(); }

  void reset() {
    history = Messages();
    if (!config.system().empty()) history.system(config.system());
  }

  std::optional<Error> begin(Request& request) override {
    const std::lock_guard lock(mutex);
    if (turn_runs) return turn_is_running();
    turn_runs = true;
    request.messages() = history;
    return std::nullopt;
  }

  void end(const Result<Response>& outcome) override {
    const std::lock_guard lock(mutex);
    turn_runs = false;
    if (outcome) {
      history.add(outcome->message());
    } else if (const Response* partial = outcome.error().partial()) {
      keep_partial(partial->message());
    }
  }

  /// Only what was said: a tool call that was cut has no answer, and a history with one is refused everywhere.
  void keep_partial(const Message& message) {
    Message kept(Role::assistant);
    for (const Part& part : message.parts()) {
      if (part.kind() == PartKind::text && !part.text().empty()) kept.add(part);
    }
    if (kept.parts().empty()) return;
    kept.partial(true);
    history.add(std::move(kept));
  }

  static Error turn_is_running() {
    return Error(ErrorKind::conflict, "another turn of this conversation is still running").where("conversation");
  }

  const Provider provider;
  const ConversationConfig config;
  std::mutex mutex;
  Messages history;
  bool turn_runs = false;
};

Conversation::Conversation(Provider provider, ConversationConfig config)
    : state_(std::make_shared<State>(std::move(provider), std::move(config))) {}
Conversation::Conversation(Conversation&&) noexcept = default;
Conversation& Conversation::operator=(Conversation&&) noexcept = default;
Conversation::~Conversation() = default;

void Conversation::add_user_message(std::string text) { add_message(Message(Role::user, std::move(text))); }

void Conversation::add_message(Message message) {
  const std::lock_guard lock(state_->mutex);
  if (state_->turn_runs) throw State::turn_is_running();
  state_->history.add(std::move(message));
}

Response Conversation::continue_chat() { return async_continue_chat().get(); }
Response Conversation::continue_chat(const Options& options) { return async_continue_chat(options).get(); }
Result<Response> Conversation::try_continue_chat() { return async_continue_chat().get_result(); }
Result<Response> Conversation::try_continue_chat(const Options& options) {
  return async_continue_chat(options).get_result();
}
Async<Response> Conversation::async_continue_chat() { return async_continue_chat(state_->config.options()); }

Async<Response> Conversation::async_continue_chat(Options options) {
  auto call = std::make_shared<detail::RunningCall>(state_->provider.core(), Request(Messages(), std::move(options)),
                                                    state_);
  return Async<Response>(std::make_shared<detail::CallOperation<Response>>(std::move(call), &pipeline::run));
}

Stream Conversation::stream_chat() { return stream_chat(state_->config.options()); }

Stream Conversation::stream_chat(Options options) {
  auto call = std::make_shared<detail::RunningCall>(state_->provider.core(),
                                                    Request(Messages(), std::move(options), true), state_);
  return Stream(std::make_shared<detail::StreamState>(std::move(call)));
}

Messages Conversation::messages() const {
  const std::lock_guard lock(state_->mutex);
  return state_->history;
}

void Conversation::clear() {
  const std::lock_guard lock(state_->mutex);
  if (state_->turn_runs) throw State::turn_is_running();
  state_->reset();
}

}  // namespace antiphon::inline v0
