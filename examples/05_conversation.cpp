// A conversation keeps its history.

#include <antiphon/antiphon.hpp>

#include <iostream>

using namespace antiphon;

int main() try {
  Provider provider = create_provider("ollama/llama3.2");
  Conversation conversation(provider, ConversationConfig().system("Be brief."));

  conversation.add_user_message("Hello!");
  Response answer = conversation.continue_chat();
  std::cout << answer.content() << '\n';

  conversation.add_user_message("What did I just say?");
  for (const Chunk& chunk : conversation.stream_chat()) std::cout << chunk.content() << std::flush;
  std::cout << '\n' << conversation.messages().size() << " messages\n";
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
