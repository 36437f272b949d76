// Ask a model, and look at what comes back.

#include <antiphon/antiphon.hpp>

#include <chrono>
#include <iostream>

using namespace antiphon;
using namespace std::chrono_literals;

int main() try {
  Provider provider = create_provider(ModelConfig("gpt-4o-mini", providers::openai));  // key from OPENAI_API_KEY
  Messages messages = Messages().system("Be brief.").user("Why is the sky blue?");

  // Blocking; throws Error.
  Response response = provider.chat(messages);
  std::cout << response.content() << '\n';
  std::cout << response.usage().input_tokens() << " tokens in, " << response.usage().output_tokens() << " out\n";

  // Blocking; does not throw.
  Result<Response> result = provider.try_chat(messages, Options().temperature(0.2).max_tokens(100).deadline(10s));
  if (result) {
    std::cout << result->content() << '\n';
  } else {
    std::cout << "failed: " << result.error().kind() << '\n';
  }

  // The same model family on your own machine: only the name changes.
  Provider local = create_provider("ollama/llama3.2");
  std::cout << local.chat("Say hello in three languages.").content() << '\n';
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
