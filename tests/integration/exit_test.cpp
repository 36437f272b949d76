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

/// Calls the tool of a request that has one, and answers no other.
void calling_tools(RawConnection& connection, int) {
  std::string request;
  while (!(request = connection.read_request()).empty()) {
    if (request.find(R"("tools")") != request.npos) connection.write(http_answer(tool_call_answer("leave")));
  }
}

class Exit : public testing::TestWithParam<const char*> {};

TEST_P(Exit, EndsTheProgram) {
  RawServer server(calling_tools);
  for (int round = 0; round < 5; ++round) {
    ASSERT_EQ(run(test::program_path("antiphon_exit_with_calls"), server.url("/v1"), GetParam()), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, Exit,
                         testing::Values("temporary", "static_provider", "static_engine", "exit", "callback",
                                         "callback_of_static_engine", "coroutine", "tool", "tool_of_static_engine",
                                         "logger", "slow_logger"),
                         [](const auto& way) { return std::string(way.param); });

}  // namespace
}  // namespace antiphon::test
