#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/async.hpp>
#include <antiphon/callbacks.hpp>
#include <antiphon/fetcher.hpp>
#include <antiphon/http.hpp>
#include <antiphon/money.hpp>
#include <antiphon/response.hpp>
#include <antiphon/scheduler.hpp>

#include "core/cancel_scope.hpp"
#include "core/chunk_sink.hpp"
#include "core/pool.hpp"
#include "core/random.hpp"
#include "pipeline/fetched_media.hpp"
#include "pipeline/link.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// The consumer's end of a stream, as the pipeline sees it.
class ChunkOutput : public ChunkSink {
 public:
  /// What was pushed may be read now.
  virtual void flush() = 0;
  /// Enough waits unread: no more should be taken from the socket.
  virtual bool full() const = 0;
  /// Called on the scheduler's thread when there is room again; empty for nobody.
  virtual void on_room(std::function<void()> function) = 0;
};

/// One link, asked once: all of its attempts together.
struct Visit {
  std::size_t number = 0;         ///< 0 for a call of one link
  std::size_t first_attempt = 0;  ///< before it none in the call's list is of this visit
};

/// One call on its way through the layers.
struct Call {
  Scheduler& scheduler;
  HttpTransport& transport;
  Random& random;
  const HandleSettings& settings;
  const std::vector<Link>& links;
  const Request& request;
  ChunkOutput* output = nullptr;  ///< null when the answer is not streamed
  CancelScope cancel = {};
  std::chrono::steady_clock::time_point started = {};
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
  std::vector<Attempt> attempts = {};
  std::vector<std::size_t, PoolAllocator<std::size_t>> visit_of = {};  ///< for each attempt the number of its visit
  std::size_t visits = 0;
  bool counts_cost = false;     ///< somebody wants to know what is spent
  Money spent = Money::zero();  ///< by the prices of the catalogue, when it is counted
  std::vector<Warning> warnings = {};
  std::optional<std::chrono::nanoseconds> first_content = {};
  Fetcher* fetcher = nullptr;  ///< for credentials that must be fetched; null when there is no engine
  Executor workers = {};       ///< where tools run
  FetchedMedia media = {};     ///< what it has fetched for its messages

  // No base, for that would be one more thing to say where a call is made.
  static void* operator new(std::size_t size) { return Pool::take(size); }
  static void operator delete(void* memory, std::size_t size) noexcept { Pool::give_back(memory, size); }

  bool logging() const { return settings.observers.log != nullptr; }
  void log(const LogRecord& record) {
    if (settings.observers.log) settings.observers.log->log(record);
  }
  /// Of one link: those who were given to its provider hear of it too.
  bool logging(const Link& link) const { return logging() || link.observers.log != nullptr; }
  void log(const Link& link, const LogRecord& record) {
    log(record);
    if (link.observers.log) link.observers.log->log(record);
  }
};

struct AttemptContext;
struct Track;

/// One exchange of another kind than a chat with a link's provider.
using OtherExchange = std::function<Task<Outcome>(const Link&, Track&, const AttemptContext&)>;

/// What a track knows of another one that may give the answer as well.
struct Rival {
  bool under_way = false;
  bool was_faster = false;
};

/// The way of a call through the layers, or one of two that it takes at the same time.
struct Track {
  CancelScope& cancel;
  ChunkOutput* output;     ///< null when the answer is not streamed
  const Request* request;  ///< what is sent; a layer may have changed it
  /// Asked before the first content is handed out, and before a whole answer counts, perhaps again and again; another
  /// track was faster when it says no. Empty when there is none.
  std::function<bool(const Link&)> claim = {};
  const Rival* rival = nullptr;  ///< null when there is none
  OtherExchange exchange = {};  ///< what an attempt does; empty for a chat
  bool delivered = false;       ///< a piece of the answer was handed out: nothing can be tried again
  bool reached = true;          ///< the last attempt got as far as a connection
  std::chrono::steady_clock::time_point authorized_at = {};  ///< when the last attempt got its credentials
  Visit visit = {};
  bool judged = false;  ///< a whole answer may be turned down by the layer above
  /// What a stream that ended without content said, until it was judged.
  std::vector<Chunk> held_back = {};
};

/// A layer, as the one above it sees it.
using Next = std::function<Task<Outcome>(Track&)>;

}  // namespace antiphon::inline v0::pipeline
