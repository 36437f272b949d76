// Steps of your own on the way of every call: one that keeps a name in the house, one that takes the time.

#include <antiphon/antiphon.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

using namespace antiphon;

std::string without_names(std::string text) {
  const std::string name = "Ada Lovelace";
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos;) text.replace(at, name.size(), "A.");
  return text;
}

class Redaction : public Layer {
 public:
  void handle(Request request, std::shared_ptr<Next> next, Done done) override {
    for (std::size_t i = 0; i < request.messages().size(); ++i) {
      Message redacted(request.messages()[i].role());
      for (const Part& part : request.messages()[i].parts()) {
        redacted.add(part.kind() == PartKind::text ? Part::text(without_names(part.text())) : part);
      }
      request.messages()[i] = redacted;
    }
    next->call(std::move(request), std::move(done));
  }
};

class Stopwatch : public Layer {
 public:
  void handle(Request request, std::shared_ptr<Next> next, Done done) override {
    const auto started = std::chrono::steady_clock::now();
    next->call(std::move(request), [started, done = std::move(done)](Result<Response> result) {
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
      std::cout << (result ? "[answered" : "[failed") << " in " << took.count() << " s]\n";
      done(std::move(result));
    });
  }
};

int main() try {
  // They are entered in this order.
  ProviderOptions options = ProviderOptions().layer(std::make_shared<Stopwatch>()).layer(std::make_shared<Redaction>());
  Provider provider = create_provider("ollama/llama3.2", options);
  std::cout << provider.chat("Write a birthday card for Ada Lovelace.").content() << '\n';
  for (const Chunk& chunk : provider.stream("And another one for Ada Lovelace.")) std::cout << chunk.content();
  std::cout << '\n';
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
