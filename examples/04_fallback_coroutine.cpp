// 04_fallback as a coroutine.

#include <antiphon/antiphon.hpp>

#include <iostream>

#include "task.hpp"

using namespace antiphon;

Program ask() {
  ModelConfig openai_config("gpt-4o-mini", providers::openai);
  ModelConfig ollama_config("llama3.2", providers::ollama);
  FallbackProvider provider(create_provider(openai_config), create_provider(ollama_config));

  Response response = co_await provider.async_chat("Why is the sky blue?");
  std::cout << response.content() << '\n';

  for (const Attempt& attempt : response.attempts()) {
    std::cout << attempt.provider() << '/' << attempt.model() << ": ";
    if (attempt.error()) {
      std::cout << *attempt.error() << " (" << attempt.status() << ")\n";
    } else {
      std::cout << "answered\n";
    }
  }

  Stream stream = provider.stream("And at sunset?", Options().continue_with(Continuation::next));
  while (const Chunk* chunk = co_await stream.next()) std::cout << chunk->content() << std::flush;
  std::cout << '\n';
}

int main() try { ask().wait(); } catch (const Error& error) {
  std::cerr << error.what() << '\n' << error.attempts().size() << " attempts\n";
  return 1;
}
