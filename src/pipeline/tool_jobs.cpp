#include "pipeline/tool_jobs.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>

#include "core/duration_text.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

class JobRun;

/// A function that runs on this thread, from its beginning to its end.
class RunningHere {
 public:
  RunningHere(JobRun& run, const Scheduler& scheduler) : run_(run), scheduler_(scheduler), outer_(innermost_) {
    innermost_ = this;
  }
  ~RunningHere() { innermost_ = outer_; }
  RunningHere(const RunningHere&) = delete;
  RunningHere& operator=(const RunningHere&) = delete;

  static bool has_one_of(const Scheduler& scheduler) {
    const RunningHere* here = innermost_;
    while (here && &here->scheduler_ != &scheduler) here = here->outer_;
    return here != nullptr;
  }
  static void give_up_all();

 private:
  static thread_local RunningHere* innermost_;

  JobRun& run_;
  const Scheduler& scheduler_;
  RunningHere* outer_;
};

thread_local RunningHere* RunningHere::innermost_ = nullptr;

/// One job on another thread, and what comes back from there.
class JobRun : public std::enable_shared_from_this<JobRun> {
 public:
  JobRun(Scheduler& scheduler, std::function<void()> changed) : scheduler_(&scheduler), changed_(std::move(changed)) {}

  void start(const Executor& executor, const ToolJob& job) {
    const auto answer = std::make_shared<Answer>(shared_from_this());
    const auto presence = std::make_shared<Presence>(shared_from_this());
    detail::ToolDone done = [answer](ToolResult result) { answer->run->deliver(std::move(result), false); };
    std::function<void()> task = [presence, done, run = job.run, token = stop_.get_token(),
                                  &scheduler = *scheduler_]() mutable {
      if (!presence->run->begin()) return;
      {
        const RunningHere here(*presence->run, scheduler);
        // Before anybody learns of the end, nothing of the user's is left here.
        std::exchange(run, nullptr)(token, std::exchange(done, nullptr));
      }
      presence->run->leave();
    };
    try {
      executor(std::move(task));
    } catch (const std::exception& error) {
      deliver(ToolResult::error(std::string("the tool could not be started: ") + error.what()), true);
    } catch (...) {
      deliver(ToolResult::error("the tool could not be started"), true);
    }
  }
  /// What has not begun by now never will, however long it waits for a thread.
  void stop() {
    stop_.request_stop();
    const std::lock_guard lock(mutex_);
    if (!begun_) left_ = true;
  }
  /// The function is gone, with a result or without.
  void leave() { deliver(std::nullopt, true); }
  /// Nobody listens any more; no other thread is on its way to the scheduler after this.
  void close() {
    const std::lock_guard lock(mutex_);
    scheduler_ = nullptr;
    changed_ = nullptr;
  }

  bool left() const {
    const std::lock_guard lock(mutex_);
    return left_;
  }
  std::optional<ToolResult> result() const {
    const std::lock_guard lock(mutex_);
    return result_;
  }

 private:
  /// Gone without an answer: there will be none.
  struct Answer {
    explicit Answer(std::shared_ptr<JobRun> r) : run(std::move(r)) {}
    ~Answer() { run->deliver(ToolResult::error("the tool ended without a result"), false); }
    std::shared_ptr<JobRun> run;
  };
  /// Gone: the function has returned, or never ran.
  struct Presence {
    explicit Presence(std::shared_ptr<JobRun> r) : run(std::move(r)) {}
    ~Presence() { run->leave(); }
    std::shared_ptr<JobRun> run;
  };

  bool begin() {
    const std::lock_guard lock(mutex_);
    if (left_) return false;
    return begun_ = true;
  }
  void deliver(std::optional<ToolResult> result, bool left) {
    const std::lock_guard lock(mutex_);
    const bool news = (result && !result_) || (left && !left_);
    if (!scheduler_ || !news) return;
    if (result && !result_) result_ = std::move(result);
    left_ = left_ || left;
    scheduler_->post([self = shared_from_this()] { self->tell(); });
  }
  void tell() {
    std::function<void()> changed;
    {
      const std::lock_guard lock(mutex_);
      changed = changed_;
    }
    if (changed) changed();
  }

  mutable std::mutex mutex_;
  Scheduler* scheduler_;
  std::function<void()> changed_;
  std::optional<ToolResult> result_;
  bool begun_ = false;
  bool left_ = false;
  std::stop_source stop_;
};

void RunningHere::give_up_all() {
  for (; innermost_; innermost_ = innermost_->outer_) innermost_->run_.leave();
}

/// Some jobs, from the first to the last.
class Jobs {
 public:
  Jobs(Call& call, std::vector<ToolJob> jobs, int concurrency)
      : call_(call), concurrency_(static_cast<std::size_t>(concurrency)) {
    for (ToolJob& job : jobs) items_.emplace_back(std::move(job));
  }
  ~Jobs() {
    for (Item& item : items_) {
      if (item.run) item.run->close();
    }
  }

  void start() { start_more(); }
  void cancel() {
    cancelled_ = true;
    // The end of these may be the end of all, which must not come from inside a cancel.
    call_.scheduler.post([alive = std::weak_ptr<bool>(alive_), this] {
      if (alive.expired()) return;
      for (Item& item : items_) {
        if (item.run && !item.result) item.run->stop();
      }
      look();
    });
  }
  Event& over() { return over_; }
  std::vector<ToolResult> take() {
    std::vector<ToolResult> results;
    for (Item& item : items_) results.push_back(std::move(*item.result));
    return results;
  }

 private:
  struct Item {
    explicit Item(ToolJob j) : job(std::move(j)) {}
    ToolJob job;
    std::shared_ptr<JobRun> run;
    std::optional<Scheduler::Timer> timer;
    bool timed_out = false;
    std::optional<ToolResult> result;
  };

  void start_more() {
    while (next_ < items_.size() && running_ < concurrency_ && !cancelled_) start(next_++);
    for (; cancelled_ && next_ < items_.size(); ++next_) {
      items_[next_].result = ToolResult::error("not run: the call was cancelled");
    }
    if (next_ == items_.size() && running_ == 0 && !over_.is_set()) over_.set();
  }
  void start(std::size_t index) {
    Item& item = items_[index];
    ++running_;
    item.run = std::make_shared<JobRun>(call_.scheduler, [this] { look(); });
    if (item.job.timeout) {
      item.timer = call_.scheduler.sleep_until(call_.scheduler.steady_now() + *item.job.timeout, [this, index] {
        items_[index].timer.reset();
        items_[index].timed_out = true;
        items_[index].run->stop();
        look();
      });
    }
    item.run->start(call_.workers, item.job);
  }
  /// Something happened to one of them.
  void look() {
    for (Item& item : items_) {
      if (item.run && !item.result) settle(item);
    }
    start_more();
  }
  void settle(Item& item) {
    if (!item.run->left()) return;
    std::optional<ToolResult> result = item.run->result();
    if (item.timed_out) {
      result = ToolResult::error("the tool took longer than " + in_words(*item.job.timeout) + " and was told to stop");
    } else if (!result && cancelled_) {
      // It may have returned before it has its result, and work on elsewhere.
      item.run->stop();
      result = ToolResult::error("the call was cancelled while the tool ran");
    }
    if (!result) return;
    if (item.timer) call_.scheduler.cancel(*std::exchange(item.timer, std::nullopt));
    item.run->close();
    item.result = std::move(result);
    --running_;
  }

  Call& call_;
  std::size_t concurrency_;
  std::vector<Item> items_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  bool cancelled_ = false;
  Event over_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

Task<std::vector<ToolResult>> run_jobs(Call& call, CancelScope& cancel, std::vector<ToolJob> jobs, int concurrency) {
  Jobs all(call, std::move(jobs), concurrency);
  CancelScope::Listener listener(cancel, [&all] { all.cancel(); });
  if (cancel.reason()) all.cancel();
  all.start();
  co_await all.over();
  co_return all.take();
}

bool is_in_job_of(const Scheduler& scheduler) { return RunningHere::has_one_of(scheduler); }

void give_up_jobs_here() { RunningHere::give_up_all(); }

}  // namespace antiphon::inline v0::pipeline
