#include "chat_session.hpp"

#include <utility>

#include "output.hpp"
#include "report.hpp"
#include "wait_notices.hpp"

namespace antiphon::cli {
namespace {

constexpr const char* session_help = R"(/help          this list
/clear         forget the conversation
/system TEXT   new system message; without TEXT, none
/exit          end, as Ctrl-D does
Several lines: end each but the last with \, or put """ before and after.
Ctrl-C ends an answer, drops what was typed, and at an empty prompt ends the program.
)";

}  // namespace

Conversation start_conversation(const Provider& provider, const std::string& system) {
  return Conversation(provider, ConversationConfig().system(system));
}

ChatSession::ChatSession(ChatTurns& turns, Provider provider, std::string system, std::vector<Part> attachments)
    : turns_(turns),
      provider_(std::move(provider)),
      system_(std::move(system)),
      conversation_(start_conversation(provider_, system_)),
      attachments_(std::move(attachments)) {}

ExitStatus ChatSession::run() {
  say(provider_.name() + ": type a message, or /help\n");
  for (;;) {
    switch (read()) {
      case LineEditor::Outcome::end:
        say("\n");
        return exit_done;
      case LineEditor::Outcome::interrupt:
        return exit_interrupted;
      case LineEditor::Outcome::message:
        break;
    }
    if (editor_.text().front() != '/') {
      ask(editor_.text());
    } else if (!command(editor_.text())) {
      return exit_done;
    }
  }
}

LineEditor::Outcome ChatSession::read() {
  const Typing now;
  return editor_.read();
}

bool ChatSession::command(const std::string& line) {
  const std::string name = line.substr(0, line.find_first_of(" \n"));
  std::string rest = line.substr(name.size());
  rest.erase(0, rest.find_first_not_of(" \n"));
  if (name == "/exit" || name == "/quit") return false;
  if (name == "/help") {
    say(session_help);
  } else if (name == "/clear") {
    conversation_.clear();
    say("forgotten\n");
  } else if (name == "/system") {
    restart(rest, conversation_.messages());
    say(rest.empty() ? "no system message\n" : "system message set\n");
  } else {
    report("there is no " + name + "; /help lists what there is (put a blank before a message that begins with /)");
  }
  return true;
}

void ChatSession::restart(const std::string& system, const Messages& messages) {
  system_ = system;
  conversation_ = start_conversation(provider_, system);
  for (const Message& message : messages) {
    if (message.role() != Role::system) conversation_.add_message(message);
  }
}

void ChatSession::ask(std::string text) {
  const Messages before = conversation_.messages();
  Message message(Role::user, std::move(text));
  for (const Part& part : attachments_) message.add(part);
  conversation_.add_message(std::move(message));
  (void)turns_.run(conversation_);
  if (conversation_.messages().back().role() == Role::user) {
    // Nothing came: who types the question again must not be taken to have asked twice.
    restart(system_, before);
  } else {
    attachments_.clear();
  }
}

}  // namespace antiphon::cli
