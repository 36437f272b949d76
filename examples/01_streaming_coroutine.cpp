// 01_streaming as a coroutine: no thread waits while the model writes.

#include <antiphon/antiphon.hpp>

#include <iostream>

#include "task.hpp"

using namespace antiphon;

Program tell() {
  Provider provider = create_provider("ollama/llama3.2");
  Stream stream = provider.stream(Messages().user("Tell me about the sea."));
  while (const Chunk* chunk = co_await stream.next()) std::cout << chunk->content() << std::flush;
  std::cout << '\n';

  Stream second = provider.stream(Messages().user("Tell me about the sea."));
  Response response = co_await second.async_collect();
  std::cout << response.finish_reason() << " after " << response.usage().output_tokens() << " tokens\n";
}

int main() try {
  tell().wait();
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  if (error.partial()) std::cerr << "so far: " << error.partial()->content() << '\n';
  return 1;
}
