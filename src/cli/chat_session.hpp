#pragma once

#include <string>
#include <vector>

#include <antiphon/conversation.hpp>

#include "chat_turn.hpp"
#include "line_editor.hpp"

namespace antiphon::cli {

/// A conversation at the terminal: a prompt, an answer, and so on.
class ChatSession {
 public:
  /// `attachments` go with the first message.
  ChatSession(ChatTurns& turns, Provider provider, std::string system, std::vector<Part> attachments);

  /// Ends with Ctrl-D, `/exit`, or Ctrl-C at an empty prompt (`exit_interrupted`).
  ExitStatus run();

 private:
  /// False when the session is to end.
  LineEditor::Outcome read();
  bool command(const std::string& line);
  void ask(std::string text);
  /// A new conversation with these messages, the system message of the old one aside.
  void restart(const std::string& system, const Messages& messages);

  ChatTurns& turns_;
  Provider provider_;
  std::string system_;
  Conversation conversation_;
  std::vector<Part> attachments_;
  LineEditor editor_;
};

/// `system` may be empty.
Conversation start_conversation(const Provider& provider, const std::string& system);

}  // namespace antiphon::cli
