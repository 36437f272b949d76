// The way to the provider: whom to trust, and which proxy is asked.

#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

std::string secure_url(const Simulator& simulator) {
  return "https://localhost:" + std::to_string(simulator.port()) + "/v1";
}

TEST(Connection, TrustsTheCertificatesItIsGiven) {
  Simulator simulator(Scenario().tls(true).rule(R"({"answer": {"text": "Hello"}})"));
  const Arguments asked{"-m", "openai/m", "--base-url", secure_url(simulator)};
  const Ended strange = Program({"chat", asked[0], asked[1], asked[2], asked[3], "Hi"}).run();
  EXPECT_EQ(strange.status, 1);
  EXPECT_TRUE(contains(strange.err, "error: tls"));
  EXPECT_TRUE(contains(strange.err, "hint: --ca-file"));
  const Ended trusted =
      Program({"chat", asked[0], asked[1], asked[2], asked[3], "--ca-file", simulator.ca_file(), "Hi"}).run();
  EXPECT_EQ(trusted.status, 0) << trusted.err;
  EXPECT_EQ(trusted.out, "Hello\n");
  const Ended models =
      Program({"models", "openai", "--base-url", secure_url(simulator), "--ca-file", simulator.ca_file()}).run();
  EXPECT_EQ(models.status, 0) << models.err;
  expect_usage_error(Program({"chat", asked[0], asked[1], asked[2], asked[3], "--ca-file", "/nowhere.pem", "Hi"}),
                     {"/nowhere.pem"});
}

TEST(Connection, AsksTheProxyOfTheEnvironment) {
  // The simulator answers for every host, as a proxy would.
  Simulator proxy(rule(R"({"answer": {"text": "Hello"}})"));
  Program chat({"chat", "-m", "openai/m", "--base-url", "http://somewhere.invalid/v1", "Hi"});
  chat.environment("http_proxy", proxy.url());
  EXPECT_EQ(chat.run().out, "Hello\n");
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_EQ(proxy.requests()[0].header("host"), "somewhere.invalid");
}

TEST(Connection, AProxyThatFailsIsNamedWithoutItsPassword) {
  for (const char* proxy : {"http://me:planted@127.0.0.1:1", "http://me:planted@no-such-host.invalid:1",
                            "ftp://me:planted@127.0.0.1:1", "http://me:planted@[bad"}) {
    SCOPED_TRACE(proxy);
    Program chat(
        {"chat", "-m", "openai/m", "--base-url", "http://somewhere.invalid/v1", "--max-attempts", "1", "-vv", "Hi"});
    const Ended ended = chat.environment("http_proxy", proxy).run();
    EXPECT_NE(ended.status, 0);
    EXPECT_TRUE(contains(ended.err, "at proxy"));
    EXPECT_TRUE(contains(ended.err, "hint: the proxy comes from https_proxy, http_proxy"));
    EXPECT_FALSE(contains(ended.err, "planted"));
  }
}

}  // namespace
}  // namespace antiphon::cli_test
