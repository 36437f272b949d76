// When one provider fails, another answers.

#include <antiphon/antiphon.hpp>

#include <iostream>

using namespace antiphon;

int main() try {
  ModelConfig openai_config("gpt-4o-mini", providers::openai);
  ModelConfig ollama_config("llama3.2", providers::ollama);
  // Is a Provider like any other.
  FallbackProvider provider(create_provider(openai_config), create_provider(ollama_config));

  Response response = provider.chat("Why is the sky blue?");
  std::cout << response.content() << '\n';

  for (const Attempt& attempt : response.attempts()) {
    std::cout << attempt.provider() << '/' << attempt.model() << ": ";
    if (attempt.error()) {
      std::cout << *attempt.error() << " (" << attempt.status() << ")\n";
    } else {
      std::cout << "answered\n";
    }
  }

  // A stream falls back until its first content was handed out. One that is cut later is continued, if you want that.
  Options options = Options().continue_with(Continuation::next);
  for (const Chunk& chunk : provider.stream("And at sunset?", options)) std::cout << chunk.content() << std::flush;
  std::cout << '\n';
} catch (const Error& error) {
  // All failed: the error is the last one's, and has the attempts of all.
  std::cerr << error.what() << '\n' << error.attempts().size() << " attempts\n";
  return 1;
}
