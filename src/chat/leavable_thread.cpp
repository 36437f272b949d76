#include "chat/leavable_thread.hpp"

#include <atomic>
#include <utility>

namespace antiphon::inline v0::detail {

namespace {

struct LeftThreads {
  std::atomic<int> count{0};
  void one_less() {
    count.fetch_sub(1);
    count.notify_all();
  }
};

LeftThreads& left_threads() {
  // Never destroyed: a thread may end after the program's static objects.
  static auto* const threads = new LeftThreads;
  return *threads;
}

enum class Owner { somebody, nobody, has_ended };

}  // namespace

struct LeavableThread::Life {
  std::atomic<Owner> owner{Owner::somebody};
};

thread_local const LeavableThread::Life* LeavableThread::here_ = nullptr;

void LeavableThread::start(std::function<void()> work) {
  auto life = std::make_shared<Life>();
  thread_ = std::thread([life, work = std::move(work)]() mutable {
    here_ = life.get();
    work();
    work = nullptr;
    if (life->owner.exchange(Owner::has_ended) == Owner::nobody) left_threads().one_less();
  });
  life_ = std::move(life);
}

void LeavableThread::leave() {
  if (!life_) return;
  // Counted first: it may end at any moment.
  left_threads().count.fetch_add(1);
  Owner before = Owner::somebody;
  if (!life_->owner.compare_exchange_strong(before, Owner::nobody)) left_threads().one_less();
}

void LeavableThread::detach() {
  leave();
  thread_.detach();
}

bool LeavableThread::is_here() { return here_ != nullptr; }

void LeavableThread::wait_for_all_left() {
  // What ends the program on such a thread will not see its end.
  const int here = here_ && here_->owner.load() == Owner::nobody ? 1 : 0;
  std::atomic<int>& count = left_threads().count;
  for (int left = count.load(); left > here; left = count.load()) count.wait(left);
}

}  // namespace antiphon::inline v0::detail
