// A step of your own on the way of every call: names that must not leave the house are replaced in the question, and
// put back into the answer, streamed or whole.

#include <antiphon/antiphon.hpp>

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace antiphon;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

class Pseudonyms : public Layer {
 public:
  void handle(Request request, std::shared_ptr<Next> next, Done done) override {
    Messages hidden;
    for (const Message& message : request.messages()) {
      hidden.add(Message(message.role(), replaced(message.content(), "Ada Lovelace", "Person A")));
    }
    Request asked(std::move(hidden), request.options(), request.stream());
    next->call(std::move(asked), std::move(done), [](Chunk chunk) -> std::optional<Chunk> {
      if (chunk.kind() != ChunkKind::content) return chunk;
      return Chunk(ChunkKind::content, replaced(chunk.text(), "Person A", "Ada Lovelace"));
    });
  }
};

int main() try {
  Provider provider = create_provider("ollama/llama3.2", ProviderOptions().layer(std::make_shared<Pseudonyms>()));
  for (const Chunk& chunk : provider.stream("Write a birthday card for Ada Lovelace.")) {
    std::cout << chunk.content() << std::flush;
  }
  std::cout << '\n';
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
