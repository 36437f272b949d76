#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

constexpr auto patience = std::chrono::seconds(30);

/// A listening socket that is closed, or whose queue is full, so that nobody gets a connection.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_, 0) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no socket");
    }
    port_ = ntohs(address.sin_port);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() {
    close();
    for (int client : clients_) ::close(client);
  }

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  /// Nobody accepts these; the next one finds no place.
  void fill() {
    const sockaddr_in address = loopback(port_);
    for (int i = 0; i < 3; ++i) {
      clients_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      (void)::connect(clients_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
  }

  int socket_;
  int port_ = 0;
  std::vector<int> clients_;
};

TEST(Trouble, NobodyListens) {
  Listener listener;
  listener.close();
  const Ended ollama = Program({"chat", "-m", "ollama/m", "--base-url", listener.url(), "Hi"}).run();
  EXPECT_EQ(ollama.status, 1);
  EXPECT_EQ(ollama.out, "");
  EXPECT_TRUE(contains(ollama.err, "error: connection"));
  EXPECT_TRUE(contains(ollama.err, "`ollama serve`"));
  const Ended json = Program({"chat", "-m", "openai/m", "--base-url", listener.url(), "--json", "Hi"}).run();
  EXPECT_EQ(json.status, 1);
  EXPECT_EQ(Parsed(json.out).text("/error/kind"), "connection");
  EXPECT_EQ(Program({"models", "ollama", "--base-url", listener.url()}).run().status, 1);
}

TEST(Trouble, ACertificateThatNobodyVouchesForIsRefused) {
  Simulator simulator(Scenario().tls(true));
  const Ended ended = chat(simulator, {"Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_TRUE(contains(ended.err, "error: tls"));
}

struct SlowCase {
  std::string flag;
  std::string rule;
  std::string place;
  std::string shown;
};

class Slow : public testing::TestWithParam<SlowCase> {};

TEST_P(Slow, EndsAtTheTimeoutThatWasAskedFor) {
  Simulator simulator(rule(GetParam().rule));
  const Ended ended = chat(simulator, {GetParam().flag, "150ms", "Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out, GetParam().shown);
  EXPECT_TRUE(contains(ended.err, "error: timeout at timeouts." + GetParam().place));
}

INSTANTIATE_TEST_SUITE_P(
    Trouble, Slow,
    testing::Values(SlowCase{"--timeout", R"({"timing": {"never_answer": true}})", "total", ""},
                    SlowCase{"--timeout-first-chunk", R"({"timing": {"ping_every_ms": 20, "stop_after_chunks": 0}})",
                             "first_content", ""},
                    SlowCase{"--timeout-chunk",
                             R"({"answer": {"chunks": ["one ", "two"]}, "timing": {"stop_after_chunks": 1}})",
                             "between_chunks", "one \n"},
                    SlowCase{"--timeout-idle",
                             R"({"answer": {"chunks": ["one ", "two"]}, "timing": {"stop_after_chunks": 1}})", "idle",
                             "one \n"}));

TEST(Trouble, TheConnectionTakesTooLong) {
  Listener listener;
  listener.fill();
  const Ended ended =
      Program({"chat", "-m", "ollama/m", "--base-url", listener.url(), "--timeout-connect", "150ms", "Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_TRUE(contains(ended.err, "timeouts.connect"));
}

constexpr const char* one_word_then_silence =
    R"({"answer": {"chunks": ["word ", "never"]}, "timing": {"stop_after_chunks": 1}})";

TEST(Trouble, CtrlCEndsTheAnswerAndTheConnection) {
  for (int number : {SIGINT, SIGTERM}) {
    Simulator simulator(rule(one_word_then_silence));
    Running running(chat(simulator, {"Hi"}));
    running.wait_for_output("word ");
    running.signal(number);
    EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, patience));
    const Ended ended = running.finish();
    EXPECT_EQ(ended.status, 128 + number);
    EXPECT_EQ(ended.out, "word \n");
    EXPECT_EQ(ended.err, "interrupted\n");
  }
}

TEST(Trouble, CtrlCLeavesTheJsonWhole) {
  Simulator simulator(rule(R"({"timing": {"never_answer": true}})"));
  Running running(chat(simulator, {"--json", "Hi"}));
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 1, patience));
  running.signal(SIGINT);
  const Ended ended = running.finish();
  EXPECT_EQ(ended.status, 130);
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/terminal"), "cancelled");
  EXPECT_EQ(json.text("/error/kind"), "cancelled");
}

TEST(Trouble, CtrlCEndsOtherCommandsToo) {
  Simulator simulator(rule(R"({"timing": {"never_answer": true}})"));
  Running running(Program({"models", "openai", "--base-url", simulator.openai_base_url()}));
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 1, patience));
  running.signal(SIGINT);
  EXPECT_EQ(running.finish().status, 130);
}

TEST(Trouble, ASecondCtrlCEndsAtOnce) {
  // Nobody reads standard output, so that the program hangs in writing it once the pipe is full.
  Simulator simulator(
      rule(R"({"answer": {"chunks": ["0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]},
                               "fault": {"endless": true}})"));
  Running running(chat(simulator, {"Hi"}));
  running.wait_until_stuck();
  running.signal(SIGINT);
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, patience));
  running.signal(SIGINT);
  running.wait_for_end();
  EXPECT_EQ(running.finish().status, 130);
}

TEST(Trouble, AReaderWhoGoesAwayEndsTheAnswerQuietly) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["again "]}, "fault": {"endless": true}})"));
  Running running(chat(simulator, {"Hi"}));
  running.wait_for_output("again again ");
  running.close_output();
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, patience));
  const Ended ended = running.finish();
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.err, "");
}

TEST(Trouble, AReaderWhoGoesAwayDoesNotHideAFailure) {
  Simulator simulator(rule(R"({"status": 500, "error": {}, "timing": {"before_head_ms": 50}})"));
  Running running(chat(simulator, {"--json", "Hi"}));
  running.close_output();
  EXPECT_EQ(running.finish().status, 1);
}

TEST(Trouble, StandardOutputMayBeClosedFromTheStart) {
  Simulator simulator;
  const Ended ended = chat(simulator, {"Hi"}).without_output().run();
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.err, "");
  ASSERT_EQ(simulator.requests().size(), 1u);
  EXPECT_EQ(Parsed(simulator.requests()[0].body).text("/messages/0/content"), "Hi");
}

TEST(Trouble, AFullDiskIsAFailure) {
  Simulator simulator;
  const Ended ended = chat(simulator, {"Hi"}).output_to("/dev/full").run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_TRUE(contains(ended.err, "error: cannot write to standard output"));
}

}  // namespace
}  // namespace antiphon::cli_test
