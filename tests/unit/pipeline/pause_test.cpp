#include "pipeline/pause.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <utility>

#include "support/virtual_scheduler.hpp"

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;

class PauseTest : public testing::Test {
 protected:
  Task<bool> wait(std::chrono::nanoseconds duration) {
    Pause pause(scheduler, cancel, scheduler.steady_now() + duration);
    co_await pause.over();
    co_return true;
  }
  void start(std::chrono::nanoseconds duration) {
    const auto began = scheduler.steady_now();
    std::function<void(bool)> done = [this, began](bool) { took = scheduler.steady_now() - began; };
    spawn(wait(duration), std::move(done));
  }

  test::VirtualScheduler scheduler;
  CancelScope cancel;
  std::optional<std::chrono::nanoseconds> took;
};

TEST_F(PauseTest, EndsAtItsTime) {
  start(3s);
  scheduler.run();
  EXPECT_EQ(took, 3s);
}

TEST_F(PauseTest, EndsWhenTheCallIsCancelled) {
  start(3s);
  scheduler.run_for(1s);
  cancel.cancel(Error(ErrorKind::cancelled, "enough"));
  EXPECT_FALSE(took) << "never from inside";
  scheduler.run_for(0s);
  EXPECT_EQ(took, 1s);
  EXPECT_TRUE(scheduler.idle()) << "a timer was left behind";
}

TEST_F(PauseTest, DoesNotBeginWhenItWasCancelledBefore) {
  cancel.cancel(Error(ErrorKind::cancelled, "enough"));
  start(3s);
  EXPECT_EQ(took, 0s);
  EXPECT_TRUE(scheduler.idle());
}

TEST_F(PauseTest, CancellingAtTheSameInstantDoesNoHarm) {
  start(3s);
  scheduler.sleep_until(scheduler.steady_now() + 3s, [&] { cancel.cancel(Error(ErrorKind::cancelled, "late")); });
  scheduler.run();
  EXPECT_EQ(took, 3s);
}

}  // namespace
}  // namespace antiphon::pipeline
