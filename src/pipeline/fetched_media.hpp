#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/fetch_policy.hpp>
#include <antiphon/message.hpp>
#include <antiphon/result.hpp>
#include <antiphon/scheduler.hpp>

#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// The files that a call has fetched, for whichever of its tracks, rounds and links wants them.
class FetchedMedia {
 public:
  /// One file: fetched, being fetched by somebody, or neither.
  class Entry {
   public:
    /// The part's like, with the bytes in the place of the URL; or why there is none.
    std::optional<Result<Part>> result;
    bool under_way = false;

    /// Tells all who wait that something changed.
    void wake(Scheduler& scheduler) {
      for (const std::shared_ptr<Event>& event : std::exchange(waiting_, {})) {
        scheduler.post([event] { event->set(); });
      }
    }
    void wait(std::shared_ptr<Event> event) { waiting_.push_back(std::move(event)); }

   private:
    std::vector<std::shared_ptr<Event>> waiting_;
  };

  /// What was fetched under one policy does not serve another, which may be stricter.
  Entry& entry(PartKind kind, const std::string& url, const FetchPolicy& policy) {
    for (const std::unique_ptr<Known>& known : known_) {
      if (known->kind == kind && known->url == url && known->policy == policy) return known->entry;
    }
    known_.push_back(std::make_unique<Known>(Known{kind, url, policy, {}}));
    return known_.back()->entry;
  }

  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const std::unique_ptr<Known>& known : known_) {
      const std::optional<Result<Part>>& result = known->entry.result;
      if (result && *result) sum += (*result)->bytes().size();
    }
    return sum;
  }

 private:
  struct Known {
    PartKind kind;
    std::string url;
    FetchPolicy policy;
    Entry entry;
  };
  std::vector<std::unique_ptr<Known>> known_;
};

}  // namespace antiphon::inline v0::pipeline
