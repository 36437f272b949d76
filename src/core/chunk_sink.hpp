#pragma once

#include <antiphon/chunk.hpp>
#include <antiphon/http.hpp>

namespace antiphon::inline v0 {

/// Where the chunks of an answer go: towards the consumer, through the layers that watch them.
class ChunkSink {
 public:
  virtual ~ChunkSink() = default;
  virtual void push(Chunk chunk) = 0;
};

}  // namespace antiphon::inline v0
