#pragma once

#include <string_view>

#include "json/writer.hpp"
#include "providers/embedding_codec.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// Cohere's `/v2/embed` (providers.md, 7.1).
class CohereEmbeddings : public EmbeddingCodec {
 public:
  EmbeddingBounds bounds(const EmbeddingAsk& ask, const Target& target) const override;
  EncodedRequest encode(const EmbeddingAsk& ask, const Target& target) const override;
  EmbeddingAnswer decode(std::string_view body, const EmbeddingAsk& ask, const Target& target) const override;
};

/// The body without `model`, as Bedrock takes it too: into the object that is open.
void write_cohere_embedding(json::Writer& writer, const EmbeddingAsk& ask, RequestNotes& notes);
EmbeddingAnswer read_cohere_embedding(std::string_view body, const EmbeddingAsk& ask, const Target& target);

inline constexpr std::size_t most_cohere_texts = 96;

}  // namespace antiphon::inline v0::codec
