#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include <antiphon/provider.hpp>

#include "core/random.hpp"
#include "integration/storm/ledger.hpp"
#include "support/coroutine.hpp"

namespace antiphon::test {

/// Hangs up on calls, each some calls after it began, on the thread of whoever begins one then.
class HangUps {
 public:
  void add(std::stop_source call);
  /// On those that are left.
  void all();

 private:
  std::mutex mutex_;
  std::deque<std::stop_source> waiting_;
};

/// Counts down; what blocked threads and the main thread meet at.
class Countdown {
 public:
  void add() { ++left_; }
  void done() {
    if (--left_ == 0) left_.notify_all();
  }
  void wait() {
    for (int left = left_; left != 0; left = left_) left_.wait(left);
  }

 private:
  std::atomic<int> left_ = 0;
};

/// Makes calls in every way there is, and ends them in every way: read to the end, at the reader's own pace, hung up
/// on, left in the middle, out of time.
class Caller {
 public:
  /// `providers` are asked by chance; what is read slowly asks `aside` between two pieces.
  Caller(std::vector<Provider> providers, Provider aside, Ledger& ledger, std::uint64_t seed)
      : providers_(std::move(providers)), aside_(std::move(aside)), ledger_(ledger), random_(seed) {}

  /// One call each, drawn by chance. From any thread.
  void blocking();
  void callback();
  Coroutine coroutine();

  /// Until every callback has come.
  void wait() { callbacks_.wait(); }
  HangUps& hang_ups() { return hang_ups_; }

 private:
  enum class End { reads_all, reads_slowly, hangs_up, cancels, leaves, is_late };
  struct Ask {
    Ask(Provider who, Options how) : provider(std::move(who)), options(std::move(how)) {}
    Provider provider;
    Options options;
    int call = 0;
    bool stream = false;
    End end = End::reads_all;
    int enough = 0;  ///< pieces after which the reader does what `end` says
  };

  Ask draw(bool may_read_slowly);
  Options numbered(int call) const;
  void blocking_stream(const Ask& ask);
  Coroutine coroutine_chat(Ask ask);
  Coroutine coroutine_stream(Ask ask);

  std::vector<Provider> providers_;
  Provider aside_;
  Ledger& ledger_;
  std::mutex mutex_;
  Random random_;
  HangUps hang_ups_;
  Countdown callbacks_;
};

}  // namespace antiphon::test
