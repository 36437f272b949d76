// embeddings as a coroutine.

#include <antiphon/antiphon.hpp>

#include <iostream>
#include <numeric>

#include "task.hpp"

using namespace antiphon;

Program search() {
  Provider provider = create_provider("openai/text-embedding-3-small");

  std::vector<std::string> documents = {"The cat sat on the mat.", "Taxes are due in April.",
                                        "Bread is made of flour."};
  Embeddings library = co_await provider.async_embed(documents, EmbeddingOptions().dimensions(256));
  Embeddings question = co_await provider.async_embed("Where did the cat sit?", EmbeddingOptions().dimensions(256));

  for (std::size_t i = 0; i < documents.size(); ++i) {
    const Embeddings::Vector& vector = library.vector(i);
    std::cout << std::inner_product(vector.begin(), vector.end(), question.vector().begin(), 0.0) << "  "
              << documents[i] << '\n';
  }
  std::cout << library.size() << " vectors of " << library.dimensions() << " numbers, "
            << library.usage().input_tokens() << " tokens\n";
}

int main() try { search().wait(); } catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
