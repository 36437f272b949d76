#include <csignal>

#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

/// `antiphon simulate`, ready.
class Simulate {
 public:
  explicit Simulate(const Program& program) : running_(program), ready_(first_line(running_)) {}
  std::string text(std::string_view place) { return ready_.text(place); }
  double number(std::string_view place) { return ready_.number(place); }
  Running& running() { return running_; }

 private:
  static std::string first_line(Running& running) {
    running.wait_for_output("\n");
    return running.output();
  }

  Running running_;
  Parsed ready_;
};

TEST(Simulate, AnswersUntilItIsStopped) {
  for (int number : {SIGTERM, SIGINT}) {
    Simulate simulate(Program({"simulate"}));
    EXPECT_EQ(simulate.text("/url"), "http://127.0.0.1:" + std::to_string(static_cast<int>(simulate.number("/port"))));
    EXPECT_EQ(simulate.text("/anthropic_base_url"), simulate.text("/url"));
    EXPECT_EQ(Program({"chat", "-m", "openai/m", "--base-url", simulate.text("/openai_base_url"), "Hi"}).run().status,
              0);
    EXPECT_EQ(Program({"chat", "-m", "ollama/m", "--base-url", simulate.text("/ollama_base_url"), "Hi"}).run().status,
              0);
    simulate.running().signal(number);
    EXPECT_EQ(simulate.running().finish().status, 0);
  }
}

TEST(Simulate, TakesAScenarioFromStandardInput) {
  Simulate simulate(Program({"simulate", "--scenario", "-"}).input(R"({"rules": [{"answer": {"text": "Yes"}}]})"));
  const Ended ended = Program({"chat", "-m", "openai/m", "--base-url", simulate.text("/openai_base_url"), "Hi"}).run();
  EXPECT_EQ(ended.out, "Yes\n");
}

TEST(Simulate, SpeaksTls) {
  Simulate simulate(Program({"simulate", "--tls"}));
  EXPECT_EQ(simulate.text("/url").rfind("https://127.0.0.1:", 0), 0u);
  EXPECT_NE(simulate.text("/ca_file"), "");
}

TEST(Simulate, APortThatIsTakenIsAFailure) {
  Simulator other;
  const Ended ended = Program({"simulate", "--port", std::to_string(other.port())}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_TRUE(contains(ended.err, std::to_string(other.port())));
}

TEST(Simulate, EndsWithItsParent) {
  // The shell is the parent; who holds the other end of its output sees when the last of both has ended.
  Running shell(Program::shell(R"("$ANTIPHON" simulate --exit-with-parent & wait)"));
  shell.wait_for_output("\n");
  shell.signal(SIGKILL);
  shell.finish();
}

}  // namespace
}  // namespace antiphon::cli_test
