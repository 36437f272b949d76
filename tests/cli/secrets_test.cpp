#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

constexpr const char* key = "sk-planted-0123456789";
constexpr const char* header_key = "hdr-planted-abcdef";

void expect_no_key(const Program& program) {
  const Ended ended = program.run();
  ASSERT_FALSE(ended.out.empty() && ended.err.empty());
  for (const char* secret : {key, header_key, "planted"}) {
    EXPECT_FALSE(contains(ended.out + ended.err, secret));
  }
}

Program with_secret_key(Program program) { return program.environment("OPENAI_API_KEY", key); }

TEST(Secrets, AreInNoOutput) {
  Simulator good;
  Simulator failing(rule(R"({"status": 401, "error": {"message": "who are you?"}})"));
  Simulator cut(rule(R"({"fault": {"cut_before_headers": true, "cut_by": "rst"}})"));
  Simulator other_key(Scenario().api_key("another"));
  const std::string header = std::string("X-Api-Key: ") + header_key;
  const std::string cookie = std::string("Cookie: session=") + header_key;
  for (const Simulator* simulator : {&good, &failing, &cut, &other_key}) {
    for (const char* flag : {"-v", "-vv", "--json", "--dry-run", "--stats", "--no-stream"}) {
      expect_no_key(with_secret_key(chat(*simulator, {"-vv", flag, "--header", header, "--header", cookie, "Hi"})));
    }
    expect_no_key(with_secret_key(chat(*simulator, {"--dry-run", "--json", "--header", header, "Hi"})));
    expect_no_key(
        with_secret_key(Program({"models", "openai", "--base-url", simulator->openai_base_url(), "--header", header})));
  }
  EXPECT_EQ(good.requests()[0].header("authorization"), "Bearer " + std::string(key));
  EXPECT_EQ(good.requests()[0].header("x-api-key"), header_key);
}

TEST(Secrets, AreMaskedByEncode) {
  const Program program =
      Program({"encode", "-m", "openai/m", "--header", std::string("X-Api-Key: ") + header_key, "-"})
          .input(R"({"model": "x", "messages": [{"role": "user", "content": "Hi"}]})");
  expect_no_key(with_secret_key(program));
}

TEST(Secrets, AreNotInMessagesAboutBadFlags) {
  expect_no_key(Program({"chat", "-m", "openai/m", "--header", std::string("X-Api-Key ") + header_key, "Hi"}));
  expect_no_key(
      Program({"chat", "-m", "openai/m", "--header", std::string("X-Api-Key: ") + header_key + "\r\n", "Hi"}));
}

}  // namespace
}  // namespace antiphon::cli_test
