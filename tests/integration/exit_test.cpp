// The end of the program with calls in flight.

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>

#include <string>

#include "support/openai_wire.hpp"
#include "support/places.hpp"
#include "support/raw_server.hpp"

extern char** environ;

namespace antiphon::test {
namespace {

int run(const std::string& program, const std::string& url, const std::string& way) {
  const char* const arguments[] = {program.c_str(), url.c_str(), way.c_str(), nullptr};
  pid_t process = 0;
  if (posix_spawn(&process, program.c_str(), nullptr, nullptr, const_cast<char**>(arguments), environ) != 0) return -1;
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

TEST(Exit, EndsEveryCallOnce) {
  RawServer server(never_answering);
  for (const char* way : {"temporary", "static-provider", "static-engine", "exit"}) {
    for (int round = 0; round < 5; ++round) {
      EXPECT_EQ(run(test::program_path("antiphon_exit_with_calls"), server.url("/v1"), way), 0) << way;
    }
  }
}

}  // namespace
}  // namespace antiphon::test
