#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/embedding.hpp>

#include "providers/codec.hpp"
#include "providers/embedding_ask.hpp"

namespace antiphon::inline v0::codec {

/// How much one request may carry.
struct EmbeddingBounds {
  std::size_t texts;
  /// Of all texts together: a token is at least one of them.
  std::size_t bytes = std::numeric_limits<std::size_t>::max();
};

/// What came of one request.
struct EmbeddingAnswer {
  std::vector<Embeddings::Vector> vectors;  ///< in the order of the texts
  std::string model;                        ///< empty when the answer does not say
  Usage usage;
};

/// The embeddings of one protocol. Stateless, pure: no socket, no clock, no thread.
class EmbeddingCodec {
 public:
  virtual ~EmbeddingCodec() = default;
  virtual EmbeddingBounds bounds(const EmbeddingAsk& ask, const Target& target) const = 0;
  /// Everything but credentials and the user's own headers. Throws `Error{unsupported}` that names the option.
  virtual EncodedRequest encode(const EmbeddingAsk& ask, const Target& target) const = 0;
  /// Reads an answer with a good status. Throws `Error{protocol}` that names the place, or the error that the answer
  /// holds.
  virtual EmbeddingAnswer decode(std::string_view body, const EmbeddingAsk& ask, const Target& target) const = 0;
};

/// Null when the provider's protocol has no embeddings.
const EmbeddingCodec* find_embedding_codec(const Target& target);

}  // namespace antiphon::inline v0::codec
