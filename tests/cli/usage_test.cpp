#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

struct WrongFlag {
  Arguments arguments;
  std::vector<std::string> words;
};

class WrongFlags : public testing::TestWithParam<WrongFlag> {};

TEST_P(WrongFlags, ExitWithTwoAndNameTheFlag) { expect_usage_error(Program(GetParam().arguments), GetParam().words); }

Arguments flags(const Arguments& more) {
  Arguments arguments{"chat", "-m", "ollama/m", "Hi"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

INSTANTIATE_TEST_SUITE_P(Cli, WrongFlags,
                         testing::Values(WrongFlag{flags({"--max-tokens", "many"}), {"--max-tokens", "many"}},
                                         WrongFlag{flags({"--max-tokens", "1.5"}), {"--max-tokens", "1.5"}},
                                         WrongFlag{flags({"--max-tokens", "0"}), {"max_tokens"}},
                                         WrongFlag{flags({"--temperature", "warm"}), {"--temperature", "warm"}},
                                         WrongFlag{flags({"--temperature", "nan"}), {"temperature"}},
                                         WrongFlag{flags({"--seed", "x"}), {"--seed"}},
                                         WrongFlag{flags({"--stop"}), {"--stop"}},
                                         WrongFlag{flags({"--timeout", "5"}), {"--timeout", "500ms"}},
                                         WrongFlag{flags({"--timeout", "0s"}), {"--timeout"}},
                                         WrongFlag{flags({"--timeout", "30s1m"}), {"--timeout"}},
                                         WrongFlag{flags({"--timeout-connect", "-1s"}), {"--timeout-connect"}},
                                         WrongFlag{flags({"--timeout-first-chunk", ""}), {"--timeout-first-chunk"}},
                                         WrongFlag{flags({"--timeout-chunk", "9999999h"}), {"--timeout-chunk"}},
                                         WrongFlag{flags({"-o", "num_ctx"}), {"-o", "num_ctx"}},
                                         WrongFlag{flags({"-o", "=1"}), {"-o"}},
                                         WrongFlag{flags({"--header", "no colon"}), {"--header"}},
                                         WrongFlag{flags({"--header", "a b: c"}), {"--header"}},
                                         WrongFlag{flags({"--header", "a: b\r\nc: d"}), {"--header"}},
                                         WrongFlag{flags({"--api-key-env", "NOT_THERE"}), {"NOT_THERE"}},
                                         WrongFlag{flags({"--base-url", "example.org"}), {"base_url"}},
                                         WrongFlag{flags({"--base-url", "http://h/v1?key=x"}), {"base_url"}},
                                         WrongFlag{flags({"--base-url", "http://u:p@h"}), {"base_url"}},
                                         WrongFlag{flags({"-a", "/nonexistent/x.png"}), {"/nonexistent/x.png"}},
                                         WrongFlag{flags({"-a", "/"}), {"cannot read /"}}));

INSTANTIATE_TEST_SUITE_P(
    OtherCommands, WrongFlags,
    testing::Values(WrongFlag{{"models", "nobody"}, {"nobody", "ollama", "openai"}},
                    WrongFlag{{"models", "a", "b"}, {"\"b\""}}, WrongFlag{{"encode", "-m", "ollama/m"}, {"FILE"}},
                    WrongFlag{{"encode", "-m", "ollama/m", "/nonexistent"}, {"/nonexistent"}},
                    WrongFlag{{"encode", "-"}, {"-m PROVIDER/MODEL"}},
                    WrongFlag{{"decode", "-"}, {"--protocol", "openai-chat", "ollama"}},
                    WrongFlag{{"decode", "--protocol", "smtp", "-"}, {"smtp", "ollama"}},
                    WrongFlag{{"decode", "--protocol", "ollama", "--split", "0", "-"}, {"--split"}},
                    WrongFlag{{"decode", "--protocol", "ollama", "--status", "42", "-"}, {"--status"}},
                    WrongFlag{{"decode", "--protocol", "ollama"}, {"FILE"}},
                    WrongFlag{{"simulate", "--port", "65536"}, {"--port"}},
                    WrongFlag{{"simulate", "--port", "http"}, {"--port"}},
                    WrongFlag{{"simulate", "--scenario", "/nonexistent"}, {"/nonexistent"}}));

TEST(Usage, UnknownCommandNamesThoseThatExist) {
  expect_usage_error(Program({"translate"}), {"translate", "chat", "embed", "models", "encode", "decode", "simulate"});
  expect_usage_error(Program({"--verbose"}), {"--verbose", "chat"});
}

TEST(Usage, WithoutACommandSaysWhatThereIs) { expect_usage_error(Program(Arguments{}), {"Usage:", "chat"}); }

TEST(Usage, UnknownFlagNamesThoseThatExist) {
  expect_usage_error(Program(flags({"--fallbacks", "ollama/n"})), {"--fallbacks", "--temperature", "--base-url"});
}

TEST(Usage, TheModelIsNeeded) {
  expect_usage_error(Program({"chat", "Hi"}), {"-m", "ANTIPHON_MODEL"});
  expect_usage_error(Program({"chat", "-m", "gpt-4o", "Hi"}), {"PROVIDER/MODEL"});
  expect_usage_error(Program({"chat", "-m", "nobody/m", "Hi"}), {"nobody", "ollama", "openai"});
  expect_usage_error(Program({"chat", "Hi"}).environment("ANTIPHON_MODEL", "nobody/m"), {"nobody"});
}

TEST(Usage, TheKeyIsNeeded) {
  expect_usage_error(Program({"chat", "-m", "openai/m", "Hi"}), {"OPENAI_API_KEY", "--api-key-env"});
}

TEST(Usage, APromptIsNeeded) {
  expect_usage_error(Program({"chat", "-m", "ollama/m"}), {"no prompt"});
  expect_usage_error(Program({"chat", "-m", "ollama/m"}).input("\n"), {"prompt is empty"});
  expect_usage_error(Program({"chat", "-m", "ollama/m", ""}), {"prompt is empty"});
}

TEST(Usage, AScenarioIsChecked) {
  expect_usage_error(Program({"simulate", "--scenario", "-"}).input(R"({"rulez": []})"), {"rulez"});
  expect_usage_error(Program({"simulate", "--scenario", "-"}).input("{"), {"--scenario"});
}

TEST(Usage, AttachmentsMustBeKnownKinds) {
  const TemporaryDirectory directory;
  const std::string empty = directory.file("empty.png", "");
  const std::string blob = directory.file("blob.bin", std::string_view("\x01\0\x02", 3));
  expect_usage_error(Program(flags({"-a", empty})), {empty, "empty"});
  expect_usage_error(Program(flags({"-a", blob})), {blob});
}

TEST(Usage, HelpAndVersionGoToStandardOutput) {
  const Ended version = Program({"--version"}).run();
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(version.out, "antiphon 0.1.0\n");
  EXPECT_EQ(version.err, "");
  const Ended help = Program({"--help"}).run();
  EXPECT_EQ(help.status, 0);
  for (const char* command : {"chat", "models", "encode", "decode", "config", "simulate"}) {
    EXPECT_NE(help.out.find(command), std::string::npos);
    const Ended of_command = Program({command, "--help"}).run();
    EXPECT_EQ(of_command.status, 0);
    EXPECT_EQ(of_command.err, "");
    EXPECT_NE(of_command.out.find("Examples:"), std::string::npos) << of_command.out;
  }
}

}  // namespace
}  // namespace antiphon::cli_test
