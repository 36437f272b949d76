#pragma once

#include <memory>
#include <string>
#include <utility>

#include <antiphon/async.hpp>
#include <antiphon/export.hpp>
#include <antiphon/message.hpp>
#include <antiphon/options.hpp>
#include <antiphon/provider.hpp>
#include <antiphon/response.hpp>
#include <antiphon/stream.hpp>

namespace antiphon::inline v0 {

/// Settings of a conversation.
class ConversationConfig {
 public:
  /// The system message; always first.
  ConversationConfig& system(std::string text) { return system_ = std::move(text), *this; }
  /// Options of every call; those given to a call come in their place.
  ConversationConfig& options(Options value) { return options_ = std::move(value), *this; }

  const std::string& system() const { return system_; }
  const Options& options() const { return options_; }

 private:
  std::string system_;
  Options options_;
};

/// A history of messages and a provider that goes on with it.
///
/// A turn that fails or is cancelled leaves the history valid: what had arrived of the answer is kept as a message
/// marked `partial()`; when nothing had arrived, the history is as before the call, so that it can be asked again.
/// Leaving a stream early ends its turn at once: what was read of it is kept.
///
/// Calls of tools that are run and their results become part of the history, each call with its result, also when the
/// turn fails later; a stream that is given up early keeps what was said alone.
///
/// Safe to use from several threads; one turn runs at a time, a second one fails with `ErrorKind::conflict`. A stream
/// or an asynchronous call may outlive the conversation.
class ANTIPHON_EXPORT Conversation {
 public:
  explicit Conversation(Provider provider, ConversationConfig config = ConversationConfig());
  Conversation(Conversation&&) noexcept;
  Conversation& operator=(Conversation&&) noexcept;
  ~Conversation();

  void add_user_message(std::string text);
  /// Any message; throws `Error{conflict}` while a turn runs.
  void add_message(Message message);

  /// Sends the history and adds the answer to it.
  Response continue_chat();
  Response continue_chat(const Options& options);
  Result<Response> try_continue_chat();
  Result<Response> try_continue_chat(const Options& options);
  Async<Response> async_continue_chat();
  Async<Response> async_continue_chat(Options options);
  /// The same as a stream; the history has the answer when the stream has ended.
  Stream stream_chat();
  Stream stream_chat(Options options);

  /// A copy of the history, system message included.
  Messages messages() const;
  /// Forgets everything but the system message.
  void clear();

 private:
  struct State;
  class Turn;
  std::shared_ptr<State> state_;
};

}  // namespace antiphon::inline v0
