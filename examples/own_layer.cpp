// Steps of your own on the way of every call: one that keeps a name in the house, one that takes the time.

#include <antiphon/antiphon.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace antiphon;

std::string without_names(std::string text) {
  const std::string name = "Ada Lovelace";
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos;) text.replace(at, name.size(), "A.");
  return text;
}

/// Texts, and those in the results of tools; what pictures and files show stays.
std::vector<Part> without_names(std::vector<Part> parts) {
  for (Part& part : parts) {
    if (part.kind() == PartKind::text) part = Part::text(without_names(part.text()));
    if (part.kind() == PartKind::tool_result) part = part.with_parts(without_names(part.parts()));
  }
  return parts;
}

class Redaction : public Layer {
 public:
  void handle(Request request, std::shared_ptr<Next> next, Done done) override {
    for (std::size_t i = 0; i < request.messages().size(); ++i) {
      Message& message = request.messages()[i];
      message = message.with_parts(without_names(message.parts()));
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
