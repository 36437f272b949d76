#include "pipeline/list_models.hpp"

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "pipeline/deadline_timer.hpp"
#include "pipeline/retry.hpp"
#include "pipeline/thrown.hpp"
#include "pipeline/whole_exchange.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

// Of a thousand models each, where the provider gives so many at once.
constexpr std::size_t most_pages = 100;

/// All pages of one list.
class ModelList {
 public:
  explicit ModelList(Call& call) : call_(call), link_(call.links.front()) {}

  Task<Outcome> read() {
    for (;;) {
      Outcome outcome = co_await ask_for_page();
      if (!outcome) co_return outcome;
      const std::string asked = std::exchange(next_, page_.next);
      take_page();
      if (next_.empty()) co_return outcome;
      if (std::optional<Error> fault = why_not_further(asked)) co_return std::move(*fault);
    }
  }
  std::vector<ModelInfo> take() { return std::move(models_); }

 private:
  /// All attempts for one.
  Task<Outcome> ask_for_page() {
    Track track{.cancel = call_.cancel, .output = nullptr, .request = &call_.request};
    track.exchange = [this](const Link&, Track& inner, const AttemptContext& context) {
      return exchange(inner, context);
    };
    const Next asking = [this](Track& inner) { return retry(call_, link_, inner, RetryContext()); };
    Outcome outcome = co_await without_throwing(asking, track);
    co_return outcome;
  }

  /// One exchange; the outcome is empty.
  Task<Outcome> exchange(Track& track, AttemptContext context) {
    const ReadAnswer read = [this](const HttpResponse& answer) {
      page_ = link_.codec->models(answer.body);
      page_bytes_ = answer.body.size();
      return Response();
    };
    HttpRequest request = link_.codec->list_models(link_.target, next_);
    Outcome outcome = co_await whole_exchange(call_, link_, track, context, std::move(request), read);
    co_return outcome;
  }

  void take_page() {
    models_.insert(models_.end(), std::make_move_iterator(page_.models.begin()),
                   std::make_move_iterator(page_.models.end()));
    bytes_ += page_bytes_;
    ++pages_;
  }

  /// A list that is cut would look like a whole one: it is none.
  std::optional<Error> why_not_further(const std::string& asked) const {
    if (next_ == asked) {
      return Error(ErrorKind::protocol, "behind a page of the list of models comes the same page").where("models");
    }
    const std::string so_far = "; there are more than the " + std::to_string(models_.size()) + " that came";
    if (pages_ >= most_pages) {
      return Error(ErrorKind::response_too_large,
                   "the list of models has more than " + std::to_string(most_pages) + " pages" + so_far)
          .where("models");
    }
    if (bytes_ >= link_.config.max_response_bytes()) {
      return Error(ErrorKind::response_too_large, "the pages of the list of models are too large together" + so_far)
          .where("max_response_bytes");
    }
    return std::nullopt;
  }

  Call& call_;
  const Link& link_;
  std::vector<ModelInfo> models_;
  codec::ModelPage page_;  ///< as the last attempt read it
  std::size_t page_bytes_ = 0;
  std::string next_;  ///< names the page to be asked for; empty for the first
  std::size_t bytes_ = 0;
  std::size_t pages_ = 0;
};

}  // namespace

Task<Result<std::vector<ModelInfo>>> list_models(Call& call) {
  const Link& link = call.links.front();
  const DeadlineTimer deadline(call);
  if (link.model) co_return std::vector<ModelInfo>{ModelInfo(link.config.model())};
  ModelList list(call);
  Outcome outcome = co_await list.read();
  if (outcome) co_return list.take();
  Error& failure = outcome.error();
  for (const Warning& warning : call.warnings) failure.warn(warning);
  co_return failure.provider(link.name).attempts(call.attempts);
}

}  // namespace antiphon::inline v0::pipeline
