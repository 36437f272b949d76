#pragma once

#include <utility>

#include <antiphon/conversation.hpp>
#include <antiphon/model_config.hpp>
#include <antiphon/options.hpp>

#include "context.hpp"
#include "exit_status.hpp"

namespace antiphon::cli {

/// How answers are got and shown.
struct ChatView {
  bool stream = true;
  bool json = false;
  bool stats = false;
  int verbosity = 0;
};

/// Asks and shows one answer after the other, the same way each time.
class ChatTurns {
 public:
  ChatTurns(Context& context, ModelConfig config, Options options, ChatView view)
      : context_(context), config_(std::move(config)), options_(std::move(options)), view_(view) {}

  /// Goes on with the conversation. Ctrl-C ends the answer, and gives `exit_interrupted`.
  ExitStatus run(Conversation& conversation);
  /// The same for a call that could not even be made.
  ExitStatus failed(const Error& error);

 private:
  ExitStatus ask(Conversation& conversation);
  ExitStatus succeeded(const Response& response);

  Context& context_;
  ModelConfig config_;
  Options options_;
  ChatView view_;
};

}  // namespace antiphon::cli
