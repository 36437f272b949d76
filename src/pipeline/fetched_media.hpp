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
  class Fetching;

  /// One file: fetched, being fetched by somebody, or neither.
  class Entry {
   public:
    /// The part's like, with the bytes in the place of the URL; or why there is none.
    std::optional<Result<Part>> result;

    bool under_way() const { return under_way_; }
    /// The event is set when whoever fetches it has come to an end.
    void wait(std::shared_ptr<Event> event) { waiting_.push_back(std::move(event)); }

   private:
    friend class Fetching;
    bool under_way_ = false;
    std::vector<std::shared_ptr<Event>> waiting_;
  };

  /// While it lives, its owner fetches the file; then all who wait look again.
  class Fetching {
   public:
    Fetching(Entry& entry, Scheduler& scheduler) : entry_(entry), scheduler_(scheduler) { entry.under_way_ = true; }
    ~Fetching() {
      entry_.under_way_ = false;
      for (const std::shared_ptr<Event>& event : std::exchange(entry_.waiting_, {})) {
        scheduler_.post([event] { event->set(); });
      }
    }
    Fetching(const Fetching&) = delete;
    Fetching& operator=(const Fetching&) = delete;

   private:
    Entry& entry_;
    Scheduler& scheduler_;
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
