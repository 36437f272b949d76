// The command line against the real model of llama.cpp, by OpenAI's protocol.
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/program.hpp"

namespace antiphon_tests {
namespace {

using antiphon::cli_test::Ended;
using antiphon::cli_test::Program;

Ended chat_with_real_model(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"chat",
                                     "-m",
                                     "openai/SmolLM2-135M-Instruct",
                                     "--base-url",
                                     std::string(std::getenv("ANTIPHON_REAL_URL")) + "/v1",
                                     "--temperature",
                                     "0",
                                     "--max-tokens",
                                     "12"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Program(std::move(arguments)).patience(std::chrono::minutes(3)).run();
}

TEST(RealCommandLine, ChatStreamsWhatItPrintsWhole) {
  ASSERT_NE(std::getenv("ANTIPHON_REAL_URL"), nullptr) << "start these tests with tests/real/run";
  const Ended streamed = chat_with_real_model({"--stats", "Why is the sky blue?"});
  EXPECT_EQ(streamed.status, 0) << streamed.err;
  EXPECT_GT(streamed.out.size(), 1U);
  EXPECT_NE(streamed.err.find("tokens"), std::string::npos) << streamed.err;
  const Ended whole = chat_with_real_model({"--no-stream", "Why is the sky blue?"});
  EXPECT_EQ(whole.status, 0) << whole.err;
  EXPECT_EQ(whole.out, streamed.out);
}

}  // namespace
}  // namespace antiphon_tests
