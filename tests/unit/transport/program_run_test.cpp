// Programs that an engine runs beside its work: real ones, on a real loop.

#include "transport/program_run.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "support/temporary_folder.hpp"
#include "transport/own_loop.hpp"

namespace antiphon::transport {
namespace {

using namespace std::chrono_literals;

class ProgramRunTest : public testing::Test {
 protected:
  /// Runs a loop until the program has ended; `beside` is what the loop does in the meantime.
  Result<std::string> run(std::vector<std::string> command, std::chrono::nanoseconds within = 1h,
                          const std::function<void()>& beside = nullptr) {
    OwnLoop scheduler;
    std::optional<Result<std::string>> result;
    scheduler.post([&] {
      const auto program = std::make_shared<ProgramRun>(scheduler, [&](Result<std::string> output) {
        EXPECT_TRUE(scheduler.on_thread());
        EXPECT_EQ(held, 1) << "let go too early";
        result = std::move(output);
        scheduler.stop();
      });
      program->start(std::move(command), within, [this](CancelScope& scope) { return hold(scope); });
      EXPECT_FALSE(result) << "never from inside";
    });
    if (beside) scheduler.post(beside);
    scheduler.run();
    EXPECT_EQ(held, 0);
    return result ? *result : Error(ErrorKind::internal, "it was not called");
  }

  CancelScope* cancel = nullptr;
  bool stopping = false;

 private:
  std::shared_ptr<void> hold(CancelScope& scope) {
    cancel = &scope;
    ++held;
    if (stopping) scope.cancel(Error(ErrorKind::cancelled, "the engine was shut down"));
    return std::shared_ptr<void>(nullptr, [this](void*) { --held; });
  }

  int held = 0;
};

TEST_F(ProgramRunTest, GivesWhatTheProgramWrote) {
  EXPECT_EQ(run({"printf", "words"}).value(), "words");
  EXPECT_EQ(run({"false"}).error().kind(), ErrorKind::authentication);
  EXPECT_EQ(run({"/none/such"}).error().kind(), ErrorKind::invalid_config);
  EXPECT_EQ(run({"yes"}).error().message(), "yes wrote more than 1048576 bytes");
}

// The program waits for what the loop does behind it.
TEST_F(ProgramRunTest, TheLoopGoesOn) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const Result<std::string> output = run({"cat", path}, 1h, [&path] {
    const int opened = ::open(path.c_str(), O_WRONLY);
    EXPECT_EQ(::write(opened, "from the loop", 13), 13);
    ::close(opened);
  });
  EXPECT_EQ(output.value(), "from the loop");
}

TEST_F(ProgramRunTest, TakesNoLongerThanItMay) {
  const Result<std::string> output = run({"sleep", "1000"}, 1ms);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind(), ErrorKind::timeout);
  EXPECT_EQ(output.error().message(), "sleep did not end within 1 ms");
}

TEST_F(ProgramRunTest, CancelledFromOutside) {
  const Result<std::string> output =
      run({"sleep", "1000"}, 1h, [this] { cancel->cancel(Error(ErrorKind::cancelled, "the engine was shut down")); });
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().message(), "the engine was shut down");
}

TEST_F(ProgramRunTest, CancelledBeforeItStarts) {
  stopping = true;
  EXPECT_EQ(run({"sleep", "1000"}).error().message(), "the engine was shut down");
}

}  // namespace
}  // namespace antiphon::transport
