// Print an answer while the model is still writing it.

#include <antiphon/antiphon.hpp>

#include <iostream>

using namespace antiphon;

int main() try {
  Provider provider = create_provider("ollama/llama3.2");
  Messages messages = Messages().user("Tell me about the sea.");

  for (const Chunk& chunk : provider.stream(messages)) std::cout << chunk.content() << std::flush;
  std::cout << '\n';

  // The whole answer at the end, equal to what chat() gives.
  Stream stream = provider.stream(messages);
  Response response = stream.collect();
  std::cout << response.finish_reason() << " after " << response.usage().output_tokens() << " tokens\n";
} catch (const Error& error) {
  // A stream that was cut is never a success; what had arrived is not lost.
  std::cerr << error.what() << '\n';
  if (error.partial()) std::cerr << "so far: " << error.partial()->content() << '\n';
  return 1;
}
