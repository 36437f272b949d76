#include "pipeline/embed.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/deadline_timer.hpp"
#include "pipeline/embed_attempt.hpp"
#include "pipeline/embedding_batches.hpp"
#include "pipeline/endpoint.hpp"
#include "pipeline/fallback.hpp"
#include "pipeline/observe.hpp"
#include "pipeline/thrown.hpp"
#include "pipeline/unmeant_options.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

using Vectors = std::vector<Embeddings::Vector>;

/// All requests of one call.
class EmbeddingRun {
 public:
  EmbeddingRun(Call& call, Vectors& vectors) : call_(call), vectors_(vectors) {}

  Task<Outcome> run(Track& track) {
    if (track.cancel.reason()) co_return *track.cancel.reason();
    batches_ = embedding_batches(call_);
    vectors_.resize(call_.request.messages().size());
    CancelScope::Listener listener(track.cancel, [this, &track] { cancel_.cancel(*track.cancel.reason()); });
    if (some_provider_rests() && !batches_.empty()) co_await ask_next();
    const std::size_t left = failure_ ? 0 : batches_.size() - next_;
    const std::size_t workers = std::min(call_.request.embedding()->concurrency(), left);
    running_ = workers;
    for (std::size_t i = 0; i < workers; ++i) {
      std::function<void(bool)> ended = [this](bool) {
        if (--running_ == 0) over_.set();
      };
      spawn(work(), std::move(ended));
    }
    if (workers != 0) co_await over_;
    co_return end();
  }

 private:
  /// One request tries alone whether it is back: those beside it would be refused, and the call with them.
  bool some_provider_rests() const {
    return call_.settings.fallback && std::any_of(call_.links.begin(), call_.links.end(), [](const Link& link) {
             return link.endpoint->breaker.open_until().has_value();
           });
  }

  Task<bool> work() {
    while (!failure_ && next_ < batches_.size()) co_await ask_next();
    co_return true;
  }

  Task<bool> ask_next() {
    const EmbeddingBatch batch = batches_[next_++];
    Vectors vectors;
    Outcome outcome = co_await ask(batch, vectors);
    if (outcome) {
      keep(batch, *outcome, std::move(vectors));
    } else {
      fail(batch, outcome.error());
    }
    co_return true;
  }

  Task<Outcome> ask(EmbeddingBatch batch, Vectors& vectors) {
    const Request request = part_of(call_.request, batch);
    Track track{.cancel = cancel_, .output = nullptr, .request = &request};
    track.exchange = [this, batch, &vectors](const Link& link, Track& inner, const AttemptContext& context) {
      return embed_attempt(call_, link, inner, context, batch.first, vectors);
    };
    try {
      Outcome outcome = co_await fallback(call_, track);
      co_return outcome;
    } catch (...) {
      co_return thrown_error();
    }
  }

  void keep(const EmbeddingBatch& batch, const Response& response, Vectors vectors) {
    if (answered_++ == 0) {
      about_.model(response.model()).provider(response.provider()).request_id(response.request_id());
      about_.usage(response.usage());
      dimensions_ = vectors.front().size();
    } else {
      Usage usage = about_.usage();
      about_.usage(usage += response.usage());
    }
    if (vectors.front().size() != dimensions_) {
      return fail(batch, Error(ErrorKind::protocol, "the vectors of two answers have different lengths, " +
                                                        std::to_string(dimensions_) + " and " +
                                                        std::to_string(vectors.front().size()))
                             .provider(response.provider()));
    }
    std::move(vectors.begin(), vectors.end(), vectors_.begin() + static_cast<std::ptrdiff_t>(batch.first));
  }

  /// The first failure is the call's: what else is under way is not wanted any more.
  void fail(const EmbeddingBatch& batch, Error error) {
    if (failure_) return;
    // What ends the whole call from outside is no matter of these texts.
    if (batches_.size() > 1 && !cancel_.reason()) name_texts(batch, error);
    failure_ = error;
    cancel_.cancel(Error(ErrorKind::cancelled, "another request of the call failed"));
  }
  static void name_texts(const EmbeddingBatch& batch, Error& error) {
    const std::string texts = texts_of(batch);
    if (error.where().empty()) {
      error.where(texts);
    } else if (!error.where().starts_with("inputs/")) {
      error.message(error.message() + " (" + texts + ")");
    }
  }

  Outcome end() {
    if (!failure_) return std::move(about_);
    if (answered_ > 0) failure_->partial(std::move(about_));
    return std::move(*failure_);
  }

  Call& call_;
  Vectors& vectors_;
  std::vector<EmbeddingBatch> batches_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  std::size_t answered_ = 0;
  std::size_t dimensions_ = 0;
  Response about_;  ///< model and usage of what was answered
  std::optional<Error> failure_;
  CancelScope cancel_;  ///< of all requests
  Event over_;
};

Task<Outcome> run_all(Call& call, EmbeddingRun& all, Track& track) {
  try {
    if (std::optional<Error> refused = note_unmeant_options(call)) co_return std::move(*refused);
    Outcome outcome = co_await all.run(track);
    co_return outcome;
  } catch (...) {
    co_return thrown_error();
  }
}

}  // namespace

Task<Result<Embeddings>> embed(Call& call) {
  const DeadlineTimer deadline(call);
  Track track{.cancel = call.cancel, .output = nullptr, .request = &call.request};
  Vectors vectors;
  EmbeddingRun all(call, vectors);
  Next inside = [&call, &all](Track& whole) { return run_all(call, all, whole); };
  Outcome outcome = co_await observe(call, track, std::move(inside));
  if (!outcome) co_return outcome.error();
  co_return Embeddings(std::move(vectors), std::move(*outcome));
}

}  // namespace antiphon::inline v0::pipeline
