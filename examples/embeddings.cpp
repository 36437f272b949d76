// Texts as vectors: those that mean the same lie near to each other.

#include <antiphon/antiphon.hpp>

#include <iostream>
#include <numeric>

using namespace antiphon;

int main() try {
  Provider provider = create_provider("openai/text-embedding-3-small");

  // As many requests as the provider wants for them, several at a time; the vectors come in the order of the texts.
  std::vector<std::string> documents = {"The cat sat on the mat.", "Taxes are due in April.",
                                        "Bread is made of flour."};
  Embeddings library = provider.embed(documents, EmbeddingOptions().dimensions(256));
  Embeddings question = provider.embed("Where did the cat sit?", EmbeddingOptions().dimensions(256));

  // They have the length 1: what they have in common is their product.
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const Embeddings::Vector& vector = library.vector(i);
    std::cout << std::inner_product(vector.begin(), vector.end(), question.vector().begin(), 0.0) << "  "
              << documents[i] << '\n';
  }
  std::cout << library.size() << " vectors of " << library.dimensions() << " numbers, "
            << library.usage().input_tokens() << " tokens\n";
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
