#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <antiphon/callbacks.hpp>
#include <antiphon/chunk.hpp>
#include <antiphon/export.hpp>
#include <antiphon/response.hpp>
#include <antiphon/result.hpp>

namespace antiphon::inline v0 {

/// A step of your own on the way of every call: logging, routing, redaction, an answer from elsewhere.
///
/// It sees chats, not embeddings. It stands above tools, fallback and retry, and below the callbacks: it sees a call
/// once, however often that is tried. Layers of one provider are entered in the order in which they were given. One
/// object serves all calls of its provider, one after the other on the engine's thread, where it must not block.
///
/// One that asks another provider gives it the options of the request, with which go stop token and deadline:
/// `other.async_chat(request.messages(), request.options()).then(done)`.
class ANTIPHON_EXPORT Layer {
 public:
  /// Takes the result of a call; to be called once.
  using Done = std::function<void(Result<Response>)>;
  /// Changes a chunk of a stream on its way to the reader, or drops it (nothing).
  using OnChunk = std::function<std::optional<Chunk>(Chunk)>;

  /// The rest of the way. Once the call has ended it does nothing any more.
  class ANTIPHON_EXPORT Next {
   public:
    virtual ~Next();
    /// Goes on with `request`, which may be another one than came; at most one at a time. What comes of it goes to
    /// `done`; the pieces of a streamed answer go through `on_chunk` first.
    virtual void call(Request request, Done done, OnChunk on_chunk = nullptr) = 0;
    /// Gives a chunk to the reader of a stream, for a layer that answers by itself. Nothing for a call without one.
    virtual void emit(Chunk chunk) = 0;
  };

  virtual ~Layer();
  /// One call. `done` may be called at once or later, on the engine's thread; what this throws fails the call. A call
  /// that is cancelled ends without waiting for it.
  virtual void handle(Request request, std::shared_ptr<Next> next, Done done) = 0;
};

}  // namespace antiphon::inline v0
