#include "providers/bedrock_embeddings.hpp"
#include "providers/cohere_embeddings.hpp"
#include "providers/embedding_codec.hpp"
#include "providers/gemini_embeddings.hpp"
#include "providers/ollama_embeddings.hpp"
#include "providers/openai_embeddings.hpp"

namespace antiphon::inline v0::codec {

const EmbeddingCodec* find_embedding_codec(const Target& target) {
  // Never destroyed: calls may still be in flight when the program's statics go.
  static const EmbeddingCodec& openai = *new OpenAiEmbeddings;
  static const EmbeddingCodec& ollama = *new OllamaEmbeddings;
  static const EmbeddingCodec& gemini = *new GeminiEmbeddings;
  static const EmbeddingCodec& cohere = *new CohereEmbeddings;
  static const EmbeddingCodec& bedrock = *new BedrockEmbeddings;
  const std::string& protocol = target.preset->protocol;
  if (protocol == "openai-chat" || protocol == "openai-responses") return &openai;
  if (protocol == "ollama") return &ollama;
  if (protocol == "gemini") return &gemini;
  if (protocol == "cohere") return &cohere;
  if (protocol == "bedrock") return &bedrock;
  return nullptr;
}

}  // namespace antiphon::inline v0::codec
