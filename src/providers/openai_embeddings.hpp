#pragma once

#include "providers/embedding_codec.hpp"

namespace antiphon::inline v0::codec {

/// OpenAI's `/embeddings`, and what compatible servers make of it (providers.md, 7.1).
class OpenAiEmbeddings : public EmbeddingCodec {
 public:
  EmbeddingBounds bounds(const EmbeddingAsk& ask, const Target& target) const override;
  EncodedRequest encode(const EmbeddingAsk& ask, const Target& target) const override;
  EmbeddingAnswer decode(std::string_view body, const EmbeddingAsk& ask, const Target& target) const override;
};

}  // namespace antiphon::inline v0::codec
