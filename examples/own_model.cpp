// A model of your own, in your process: with it comes a provider that streams, is retried, has limits and timeouts, and
// can be one link of several.

#include <antiphon/antiphon.hpp>

#include <iostream>
#include <memory>

using namespace antiphon;

class Parrot : public Model {
 public:
  void answer(const Request& request, ModelAnswer answer) override {
    if (request.messages().back().content().empty()) {
      return answer.fail(Error(ErrorKind::invalid_request, "a parrot has to hear something first"));
    }
    answer.content("Polly says: ").content(request.messages().back().content()).finish();
  }
};

int main() try {
  Provider parrot = create_provider(std::make_shared<Parrot>(), ModelConfig("parrot", "mine"));
  for (const Chunk& chunk : parrot.stream("Hello!")) std::cout << chunk.content() << std::flush;
  std::cout << '\n';

  // When the large model cannot be reached, the parrot answers.
  FallbackProvider provider(create_provider("ollama/llama3.2"), parrot);
  std::cout << provider.chat("Is anybody there?").content() << '\n';
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
