// The smallest program that chats, to be timed from outside: one_chat URL.

#include <antiphon/antiphon.hpp>

int main(int, char** argv) {
  using namespace antiphon;
  const Provider provider = create_provider(ModelConfig("m-1", providers::openai).base_url(argv[1]).api_key("key"));
  return provider.chat("Hi").content().empty();
}
