#include <csignal>
#include <fstream>
#include <sstream>

#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

constexpr auto terminal_patience = std::chrono::seconds(30);
constexpr const char* ctrl_c = "\x03";
constexpr const char* ctrl_d = "\x04";
constexpr const char* ctrl_z = "\x1a";
constexpr const char* prompt = "> ";

/// The roles of a request's messages, and their texts.
std::vector<std::string> messages_of(const RecordedRequest& request) {
  Parsed body(request.body);
  std::vector<std::string> messages;
  for (int i = 0; body.has("/messages/" + std::to_string(i)); ++i) {
    const std::string place = "/messages/" + std::to_string(i);
    messages.push_back(body.text(place + "/role") + ": " + body.text(place + "/content"));
  }
  return messages;
}

using Texts = std::vector<std::string>;

TEST(Terminal, HoldsAConversation) {
  Simulator simulator(
      Scenario().rule(R"({"times": 1, "answer": {"text": "One."}})").rule(R"({"answer": {"text": "Two."}})"));
  OnTerminal terminal(chat(simulator, {"-s", "Be brief."}));
  terminal.wait_for("/help");
  terminal.wait_for(prompt);
  terminal.type("first\r");
  terminal.wait_for("One.\r\n");
  terminal.wait_for(prompt);
  terminal.type("second\r");
  terminal.wait_for("Two.\r\n");
  terminal.wait_for(prompt);
  terminal.type(ctrl_d);
  EXPECT_EQ(terminal.finish(), 0);
  EXPECT_TRUE(terminal.cooked());
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(messages_of(requests[0]), (Texts{"system: Be brief.", "user: first"}));
  EXPECT_EQ(messages_of(requests[1]), (Texts{"system: Be brief.", "user: first", "assistant: One.", "user: second"}));
}

TEST(Terminal, CtrlCEndsTheAnswerAndNotTheConversation) {
  Simulator simulator(
      Scenario()
          .rule(R"({"times": 1, "answer": {"chunks": ["Par", "tial"]}, "timing": {"stop_after_chunks": 1}})")
          .rule(R"({"answer": {"text": "Whole."}})"));
  OnTerminal terminal(chat(simulator, {}));
  terminal.wait_for(prompt);
  terminal.type("first\r");
  terminal.wait_for("Par");
  EXPECT_TRUE(terminal.cooked());
  terminal.type(ctrl_c);
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, terminal_patience));
  terminal.wait_for("interrupted");
  terminal.wait_for(prompt);
  terminal.type("second\r");
  terminal.wait_for("Whole.");
  terminal.wait_for(prompt);
  terminal.type("/exit\r");
  EXPECT_EQ(terminal.finish(), 0);
  EXPECT_TRUE(terminal.cooked());
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(messages_of(requests[1]), (Texts{"user: first", "assistant: Par", "user: second"}));
}

TEST(Terminal, CtrlCDropsWhatWasTypedAndAtAnEmptyPromptEnds) {
  Simulator simulator;
  OnTerminal terminal(chat(simulator, {}));
  terminal.wait_for(prompt);
  terminal.type("half a thought");
  terminal.wait_for("thought");
  EXPECT_FALSE(terminal.cooked());
  terminal.type(ctrl_c);
  terminal.wait_for(prompt);
  terminal.type(ctrl_c);
  EXPECT_EQ(terminal.finish(), 130);
  EXPECT_TRUE(terminal.cooked());
  EXPECT_TRUE(simulator.requests().empty());
}

TEST(Terminal, CtrlZKeepsWhatWasTyped) {
  Simulator simulator;
  OnTerminal terminal(chat(simulator, {}));
  terminal.wait_for(prompt);
  terminal.type("half");
  terminal.wait_for("half");
  // Nobody could let it go on here, and so the system does not stop it; the line is drawn again all the same.
  terminal.type(ctrl_z);
  terminal.wait_for("> half");
  terminal.type(" more\r");
  terminal.wait_for(prompt);
  terminal.type(ctrl_d);
  EXPECT_EQ(terminal.finish(), 0);
  ASSERT_EQ(simulator.requests().size(), 1u);
  EXPECT_EQ(messages_of(simulator.requests()[0]), (Texts{"user: half more"}));
}

TEST(Terminal, ASignalAtThePromptEndsAndRestoresTheTerminal) {
  Simulator simulator;
  OnTerminal terminal(chat(simulator, {}));
  terminal.wait_for(prompt);
  terminal.type("x");
  terminal.wait_for("x");
  terminal.signal(SIGTERM);
  EXPECT_EQ(terminal.finish(), 128 + SIGTERM);
  EXPECT_TRUE(terminal.cooked());
}

TEST(Terminal, ReadsSeveralLines) {
  Simulator simulator;
  OnTerminal terminal(chat(simulator, {}));
  terminal.wait_for(prompt);
  terminal.type("one\\\r");
  terminal.wait_for("\n. ");
  terminal.type("two\r");
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 1, terminal_patience));
  terminal.wait_for(prompt);
  terminal.type("\"\"\"\r");
  terminal.wait_for("\n. ");
  terminal.type("x = 1\r");
  terminal.wait_for("\n. ");
  terminal.type("y\"\"\"\r");
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 2, terminal_patience));
  const auto requests = simulator.requests();
  EXPECT_EQ(messages_of(requests[0]).back(), "user: one\ntwo");
  EXPECT_EQ(messages_of(requests[1]).back(), "user: x = 1\ny");
}

TEST(Terminal, AFailedQuestionIsNotAskedTwice) {
  Simulator simulator(
      Scenario().rule(R"({"times": 1, "status": 500, "error": {}})").rule(R"({"answer": {"text": "Good."}})"));
  const TemporaryDirectory directory;
  const std::string file = directory.file("paper.pdf", "%PDF-1.7");
  OnTerminal terminal(chat(simulator, {"-a", file, "--max-attempts", "1"}));
  terminal.wait_for(prompt);
  terminal.type("first\r");
  terminal.wait_for("server_error");
  terminal.wait_for(prompt);
  terminal.type("again\r");
  terminal.wait_for("Good.");
  terminal.wait_for(prompt);
  terminal.type("more\r");
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 3, terminal_patience));
  const auto requests = simulator.requests();
  Parsed second(requests[1].body);
  EXPECT_EQ(second.text("/messages/0/content/0/text"), "again");
  EXPECT_EQ(second.text("/messages/0/content/1/file/filename"), "paper.pdf");
  EXPECT_FALSE(second.has("/messages/1"));
  // Once it was seen, the attachment is in the history and nowhere else.
  EXPECT_EQ(Parsed(requests[2].body).text("/messages/2/content"), "more");
}

TEST(Terminal, Commands) {
  Simulator simulator(rule(R"({"answer": {"text": "Fine."}})"));
  OnTerminal terminal(chat(simulator, {}));
  const auto ask = [&](const char* line, const char* answer) {
    terminal.wait_for(prompt);
    terminal.type(std::string(line) + "\r");
    terminal.wait_for(answer);
  };
  ask("/help", "/system TEXT");
  ask("/nonsense", "there is no /nonsense");
  ask("first", "Fine.");
  ask("/system Be brief.", "system message set");
  ask("second", "Fine.");
  ask("/clear", "forgotten");
  ask("third", "Fine.");
  ask("/system", "no system message");
  ask(" /fourth", "Fine.");
  terminal.wait_for(prompt);
  terminal.type("/exit\r");
  EXPECT_EQ(terminal.finish(), 0);
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(messages_of(requests[1]), (Texts{"system: Be brief.", "user: first", "assistant: Fine.", "user: second"}));
  EXPECT_EQ(messages_of(requests[2]), (Texts{"system: Be brief.", "user: third"}));
  EXPECT_EQ(messages_of(requests[3]), (Texts{"user: third", "assistant: Fine.", "user:  /fourth"}));
}

TEST(Terminal, HistoryIsKeptFromRunToRun) {
  Simulator simulator;
  const TemporaryDirectory state;
  {
    OnTerminal terminal(chat(simulator, {}).environment("XDG_STATE_HOME", state.path()));
    terminal.wait_for(prompt);
    terminal.type("gr\xc3\xbc\xc3\x9f dich\r");
    ASSERT_TRUE(simulator.wait_for(SimulatorEvent::answered, 1, terminal_patience));
    terminal.wait_for(prompt);
    terminal.type(ctrl_d);
    EXPECT_EQ(terminal.finish(), 0);
  }
  OnTerminal terminal(chat(simulator, {}).environment("XDG_STATE_HOME", state.path()));
  terminal.wait_for(prompt);
  terminal.type("\x10\r");  // Ctrl-P: the line before
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 2, terminal_patience));
  EXPECT_EQ(messages_of(simulator.requests()[1]), (Texts{"user: gr\xc3\xbc\xc3\x9f dich"}));
}

TEST(Terminal, ColoursAreForTerminalsThatWantThem) {
  Simulator simulator(rule(R"({"status": 500, "error": {}})"));
  OnTerminal coloured(chat(simulator, {"Hi"}));
  EXPECT_EQ(coloured.finish(), 1);
  EXPECT_TRUE(contains(coloured.screen(), "\033["));
  OnTerminal plain(chat(simulator, {"Hi"}).environment("NO_COLOR", "1"));
  EXPECT_EQ(plain.finish(), 1);
  EXPECT_FALSE(contains(plain.screen(), "\033["));
}

TEST(Terminal, WithoutAPromptJsonAndDryRunAreWrongUsage) {
  Simulator simulator;
  for (const char* flag : {"--json", "--dry-run"}) {
    OnTerminal terminal(chat(simulator, {flag}));
    EXPECT_EQ(terminal.finish(), 2);
  }
}

}  // namespace
}  // namespace antiphon::cli_test
