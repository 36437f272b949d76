// Programs that are run for what they write: real ones, of the system.

#include "transport/child_process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include "support/temporary_folder.hpp"

namespace antiphon::transport {
namespace {

using Words = std::vector<std::string>;

Result<std::string> run(const Words& command, std::size_t most_bytes = 1000) {
  ChildProcess child;
  return child.run(command, most_bytes);
}

/// What the error says; what was written when there is none.
std::string failure(const Result<std::string>& result, ErrorKind kind) {
  if (result) return "no error, but " + *result;
  EXPECT_EQ(result.error().kind(), kind);
  return result.error().message();
}

/// A pipe with a name, which tells that a program is there: opening it waits for the other side.
class NamedPipe {
 public:
  NamedPipe() : path_(folder_.path("pipe")) { EXPECT_EQ(::mkfifo(path_.c_str(), 0600), 0); }
  const std::string& path() const { return path_; }
  /// Waits until nobody has it open for writing any more.
  static void wait_for_end(int opened) {
    char byte = 0;
    while (::read(opened, &byte, 1) > 0) {
    }
    ::close(opened);
  }

 private:
  test::TemporaryFolder folder_;
  std::string path_;
};

TEST(ChildProcess, GivesWhatTheProgramWrote) {
  EXPECT_EQ(run({"printf", "a\\nb"}).value(), "a\nb");
  EXPECT_EQ(run({"true"}).value(), "");
  EXPECT_EQ(run({"cat"}).value(), "") << "it has nothing to read";
  EXPECT_EQ(run({"sh", "-c", "echo HUSH >&2; echo out"}).value(), "out\n");
}

TEST(ChildProcess, HasNoShell) {
  EXPECT_EQ(run({"printf", "%s|%s", "$HOME; `id` *", "two words"}).value(), "$HOME; `id` *|two words");
}

TEST(ChildProcess, AFailureSaysTheStatusAndNothingElse) {
  const std::string rest = "; what it says on its standard error is not kept";
  EXPECT_EQ(failure(run({"sh", "-c", "echo HUSH; echo HUSH >&2; exit 3"}), ErrorKind::authentication),
            "sh ended with the status 3" + rest);
  EXPECT_EQ(failure(run({"sh", "-c", "kill -9 $$"}), ErrorKind::authentication), "sh ended with the status 137" + rest);
}

TEST(ChildProcess, OneThatCannotBeStarted) {
  EXPECT_EQ(failure(run({"/none/such", "HUSH"}), ErrorKind::invalid_config),
            "/none/such could not be started: No such file or directory");
  EXPECT_EQ(failure(run({"/etc/passwd"}), ErrorKind::invalid_config),
            "/etc/passwd could not be started: Permission denied");
}

TEST(ChildProcess, WritesNoMoreThanItMay) {
  EXPECT_EQ(run({"printf", "12345"}, 5).value(), "12345");
  EXPECT_EQ(failure(run({"printf", "123456"}, 5), ErrorKind::response_too_large), "printf wrote more than 5 bytes");
  EXPECT_EQ(failure(run({"yes"}, 1 << 20), ErrorKind::response_too_large), "yes wrote more than 1048576 bytes");
  EXPECT_EQ(run({"head", "-c", "300000", "/dev/zero"}, 300000).value().size(), 300000u);
}

TEST(ChildProcess, IsEndedFromAnotherThreadWithItsGroup) {
  const NamedPipe there;
  ChildProcess child;
  std::optional<Result<std::string>> result;
  std::thread thread([&] { result = child.run({"sh", "-c", "exec 3>" + there.path() + "; sleep 1000 & wait"}, 10); });
  const int opened = ::open(there.path().c_str(), O_RDONLY);
  child.end();
  thread.join();
  NamedPipe::wait_for_end(opened);
  EXPECT_EQ(failure(*result, ErrorKind::cancelled), "sh was ended");
}

TEST(ChildProcess, IsEndedBeforeItBegan) {
  ChildProcess child;
  child.end();
  EXPECT_EQ(failure(child.run({"sleep", "1000"}, 10), ErrorKind::cancelled), "sleep was ended");
}

TEST(ChildProcess, WhatItLeavesRunningIsNotWaitedFor) {
  const NamedPipe awaited;
  EXPECT_EQ(run({"sh", "-c", "cat " + awaited.path() + " & echo done"}).value(), "done\n");
  ::close(::open(awaited.path().c_str(), O_WRONLY));  // lets it end
}

TEST(ChildProcess, AProgramThatIgnoresItsChildren) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(run({"printf", "here"}).value(), "here");
  std::signal(SIGCHLD, before);
}

TEST(ChildProcess, HasNoneOfOurDescriptors) {
  const int open = ::dup2(STDERR_FILENO, 99);
  ASSERT_EQ(open, 99);
  EXPECT_EQ(run({"sh", "-c", "[ -e /proc/self/fd/99 ] && echo open || echo closed"}).value(), "closed\n");
  ::close(open);
}

}  // namespace
}  // namespace antiphon::transport
