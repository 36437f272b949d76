// 05_conversation as a coroutine.

#include <antiphon/antiphon.hpp>

#include <iostream>

#include "task.hpp"

using namespace antiphon;

Program talk() {
  Conversation conversation(create_provider("ollama/llama3.2"), ConversationConfig().system("Be brief."));

  conversation.add_user_message("Hello!");
  Response answer = co_await conversation.async_continue_chat();
  std::cout << answer.content() << '\n';

  conversation.add_user_message("What did I just say?");
  Stream stream = conversation.stream_chat();
  while (const Chunk* chunk = co_await stream.next()) std::cout << chunk->content() << std::flush;
  std::cout << '\n' << conversation.messages().size() << " messages\n";
}

int main() try {
  talk().wait();
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
