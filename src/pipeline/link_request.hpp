#pragma once

#include <optional>

#include "pipeline/link.hpp"

namespace antiphon::inline v0::pipeline {

/// What a link is asked: the call's request, completed with the link's own options where it has some.
class LinkRequest {
 public:
  LinkRequest(const Request& asked, const Link& link) : asked_(&asked) {
    if (!link.options) return;
    completed_.emplace(asked);
    completed_->options().complete_with(*link.options);
  }
  const Request& operator*() const { return completed_ ? *completed_ : *asked_; }

 private:
  const Request* asked_;
  std::optional<Request> completed_;
};

}  // namespace antiphon::inline v0::pipeline
