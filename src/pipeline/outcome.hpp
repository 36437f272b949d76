#pragma once

#include <memory>
#include <utility>

#include <antiphon/error.hpp>
#include <antiphon/response.hpp>
#include <antiphon/result.hpp>

#include "core/pool.hpp"

namespace antiphon::inline v0::pipeline {

/// What came of a call. On the heap, because it is handed from layer to layer and a `Response` is large.
class Outcome {
 public:
  Outcome(Response&& response) : result_(std::make_unique<Kept>(std::move(response))) {}
  Outcome(const Response& response) : Outcome(Response(response)) {}
  Outcome(Error error) : result_(std::make_unique<Kept>(std::move(error))) {}
  Outcome(Result<Response>&& result) : result_(std::make_unique<Kept>(std::move(result))) {}

  Outcome(const Result<Response>& result) : Outcome(Result<Response>(result)) {}

  explicit operator bool() const noexcept { return result_->has_value(); }
  Response& operator*() const noexcept { return **result_; }
  Response* operator->() const noexcept { return &**result_; }
  Error& error() const noexcept { return result_->error(); }
  /// Of the answer, or of what had arrived; null when nothing had.
  const Usage* usage() const noexcept {
    if (*this) return &(*this)->usage();
    const Response* partial = error().partial();
    return partial ? &partial->usage() : nullptr;
  }
  Result<Response>&& take() && { return std::move(*result_); }

 private:
  struct Kept : Result<Response>, Pooled {
    using Result<Response>::Result;
    explicit Kept(Result<Response>&& result) : Result<Response>(std::move(result)) {}
  };

  std::unique_ptr<Kept> result_;
};

}  // namespace antiphon::inline v0::pipeline
