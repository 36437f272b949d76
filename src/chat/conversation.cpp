#include <antiphon/conversation.hpp>

#include <memory>
#include <mutex>
#include <utility>

#include "chat/call_operation.hpp"
#include "chat/provider_core.hpp"
#include "chat/stream_state.hpp"
#include "pipeline/pipeline.hpp"

namespace antiphon::inline v0 {

/// History and settings, shared with the turns under way.
struct Conversation::State {
  State(Provider p, ConversationConfig c) : provider(std::move(p)), config(std::move(c)) { reset(); }

  void reset() {
    history = Messages();
    if (!config.system().empty()) history.system(config.system());
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

namespace {

/// Only what was said: a tool call that was cut has no answer, and a history with one is refused everywhere.
Message as_partial(const Message& message) {
  Message kept(Role::assistant);
  for (const Part& part : message.parts()) {
    if (part.kind() == PartKind::text && !part.text().empty()) kept.add(part);
  }
  return kept.partial(true);
}

}  // namespace

/// Takes the history when it starts and brings the answer when it ends, or what there is of it when nobody waits for
/// the end.
class Conversation::Turn : public detail::CallHook {
 public:
  explicit Turn(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::optional<Error> begin(Request& request) override {
    const std::lock_guard lock(state_->mutex);
    if (state_->turn_runs) return State::turn_is_running();
    state_->turn_runs = runs_ = true;
    request.messages() = state_->history;
    return std::nullopt;
  }

  void end(const Result<Response>& outcome) override {
    const std::lock_guard lock(state_->mutex);
    if (!std::exchange(runs_, false)) return;
    state_->turn_runs = false;
    if (outcome) {
      keep(outcome->history());
      state_->history.add(outcome->message());
    } else if (const Response* partial = outcome.error().partial()) {
      keep(partial->history());
      keep(as_partial(partial->message()));
    }
  }

  void abandoned(const std::string& read) noexcept override {
    const std::lock_guard lock(state_->mutex);
    if (!std::exchange(runs_, false)) return;
    state_->turn_runs = false;
    if (!read.empty()) keep(Message(Role::assistant, read).partial(true));
  }

 private:
  /// What came before the last answer, each call of a tool with its result.
  void keep(const Messages& rounds) {
    for (const Message& message : rounds) state_->history.add(message);
  }
  void keep(Message message) {
    if (!message.parts().empty()) state_->history.add(std::move(message));
  }

  std::shared_ptr<State> state_;
  /// Under the lock of the state.
  bool runs_ = false;
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
                                                    std::make_shared<Turn>(state_));
  return Async<Response>(std::make_shared<detail::CallOperation<Response>>(std::move(call), &pipeline::run));
}

Stream Conversation::stream_chat() { return stream_chat(state_->config.options()); }

Stream Conversation::stream_chat(Options options) {
  auto call = std::make_shared<detail::RunningCall>(
      state_->provider.core(), Request(Messages(), std::move(options), true), std::make_shared<Turn>(state_));
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
