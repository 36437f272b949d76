#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

TEST(Help, IsACommandToo) {
  for (const char* command : {"chat", "embed", "models", "encode", "decode", "config", "simulate"}) {
    const Ended ended = Program({"help", command}).run();
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out, Program({command, "--help"}).run().out);
  }
  const Ended all = Program({"help"}).run();
  EXPECT_EQ(all.status, 0);
  EXPECT_EQ(all.out, Program({"--help"}).run().out);
  expect_usage_error(Program({"help", "caht"}), {"caht", "did you mean chat?"});
}

TEST(Help, SuggestsTheCommandThatWasMeant) {
  expect_usage_error(Program({"caht", "Hi"}), {"unknown command caht; did you mean chat?"});
  expect_usage_error(Program({"model"}), {"did you mean models?"});
  expect_usage_error(Program({"sim"}), {"unknown command sim; the commands are: "});
  expect_usage_error(Program({"frobnicate"}), {"unknown command frobnicate; the commands are: "});
}

TEST(Help, SuggestsTheFlagThatWasMeant) {
  const auto chat_with = [](const std::string& flag) { return Program({"chat", "-m", "ollama/m", flag, "Hi"}); };
  expect_usage_error(chat_with("--temprature"), {"did you mean --temperature?"});
  expect_usage_error(chat_with("--temp"), {"did you mean --temperature?"});
  expect_usage_error(chat_with("--max_tokens=5"), {"unknown flag --max_tokens=5; did you mean --max-tokens?"});
  expect_usage_error(chat_with("--frobnicate"), {"unknown flag --frobnicate; the flags are: "});
}

}  // namespace
}  // namespace antiphon::cli_test
