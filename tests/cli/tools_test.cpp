#include <csignal>

#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

/// A model that calls one tool and then talks of what it gave.
Scenario calling(const std::string& arguments = R"({"city": "Oslo"})") {
  return Scenario()
      .rule(R"({"match": {"body_contains": "\"role\":\"tool\""}, "answer": {"text": "So it is."}})")
      .rule(R"({"answer": {"text": "Let me look.", "tool_calls": [{"id": "c1", "name": "look", "arguments": )" +
            arguments + "}]}}");
}

/// A tool file with this command, and more fields.
std::string tool_file(const TemporaryDirectory& directory, const std::string& command, const std::string& more = "") {
  return directory.file("look.json",
                        R"({"name": "look", "description": "Looks.", "parameters": {"type": "object",
                            "properties": {"city": {"type": "string"}}, "required": ["city"]}, "command": )" +
                            command + more + "}");
}

/// What the model got as the tool's result.
std::string result_of(const Simulator& simulator) {
  const auto requests = simulator.requests();
  if (requests.size() < 2) return "never called back";
  return Parsed(requests[1].body).text("/messages/2/content");
}

TEST(CliTools, ACommandGetsTheArgumentsAndItsOutputIsTheResult) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["sed", "s/city/town/"])");
  const Ended ended = chat(simulator, {"--tool", file, "--yes", "How is it?"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.out, "Let me look.\nSo it is.\n");
  EXPECT_EQ(ended.err, "");
  EXPECT_EQ(result_of(simulator), R"({"town":"Oslo"})");
  Parsed first(simulator.requests()[0].body);
  EXPECT_EQ(first.text("/tools/0/function/name"), "look");
  EXPECT_EQ(first.text("/tools/0/function/description"), "Looks.");
  EXPECT_EQ(first.json("/tools/0/function/parameters/required"), R"(["city"])");
}

TEST(CliTools, WithoutStreamingAndAsJsonToo) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["echo", "rain; \"and\" wind"])", R"(, "confirm": false)");
  EXPECT_EQ(chat(simulator, {"--tool", file, "--no-stream", "How is it?"}).run().out, "Let me look.\nSo it is.\n");
  Parsed json(chat(simulator, {"--tool", file, "--json", "How is it?"}).run().out);
  EXPECT_EQ(json.text("/text"), "So it is.");
  EXPECT_EQ(json.text("/tool_runs/0/name"), "look");
  EXPECT_EQ(json.text("/tool_runs/0/result"), "rain; \"and\" wind");
  EXPECT_EQ(json.text("/attempts/1/provider"), "openai");
}

TEST(CliTools, NothingGoesThroughAShell) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["echo", "$HOME; `id` | cat > /dev/null"])");
  EXPECT_EQ(chat(simulator, {"--tool", file, "-y", "?"}).run().status, 0);
  EXPECT_EQ(result_of(simulator), "$HOME; `id` | cat > /dev/null");
}

TEST(CliTools, ACommandThatFailsTellsTheModelWhy) {
  const TemporaryDirectory directory;
  const std::pair<const char*, const char*> cases[] = {
      {R"(["sh", "-c", "echo half; echo broken >&2; exit 3"])", "the command failed with status 3: broken\n\nhalf\n"},
      {R"(["sh", "-c", "kill -9 $$"])", "the command failed with status 137"},
      {R"(["/no/such/program"])", "the command could not be run: /no/such/program: No such file or directory"},
  };
  for (const auto& [command, what] : cases) {
    Simulator simulator(calling());
    const Ended ended = chat(simulator, {"--tool", tool_file(directory, command), "-y", "?"}).run();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(result_of(simulator), what);
  }
}

TEST(CliTools, ACommandThatTakesTooLongIsEndedWithAllItStarted) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  const std::string file =
      tool_file(directory, R"(["sh", "-c", "sleep 1000 & echo $! > )" + directory.path() + R"(/pid; sleep 1000"])",
                R"(, "timeout": "2s")");
  EXPECT_EQ(chat(simulator, {"--tool", file, "-y", "?"}).run().status, 0);
  EXPECT_EQ(result_of(simulator), "the tool took longer than 2 s and was told to stop");
  const std::string until_it_ends = "timeout 20 tail --pid=$(cat " + directory.path() + "/pid) -f /dev/null";
  EXPECT_EQ(Program::shell(until_it_ends).run().status, 0);
}

TEST(CliTools, ACommandThatTalksWithoutEndIsEndedAllTheSame) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["sh", "-c", "yes & yes & yes & yes"])", R"(, "timeout": "200ms")");
  EXPECT_EQ(chat(simulator, {"--tool", file, "-y", "?"}).run().status, 0);
  EXPECT_EQ(result_of(simulator), "the tool took longer than 200 ms and was told to stop");
}

TEST(CliTools, WhatIsLeftBehindMayGoOnTalking) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["sh", "-c", "yes & echo $! > )" + directory.path() + R"(/pid"])");
  EXPECT_EQ(chat(simulator, {"--tool", file, "-y", "?"}).run().status, 0);
  const std::string result = result_of(simulator);
  EXPECT_FALSE(result.starts_with("the ")) << "an error: " << result.substr(0, 200);
  Program::shell("kill $(cat " + directory.path() + "/pid)").run();
}

TEST(CliTools, WhatACommandLeavesBehindIsNotWaitedFor) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  const std::string file =
      tool_file(directory, R"(["sh", "-c", "sleep 1000 & echo started; echo $! > )" + directory.path() + R"(/pid"])");
  EXPECT_EQ(chat(simulator, {"--tool", file, "-y", "?"}).run().status, 0);
  EXPECT_EQ(result_of(simulator), "started");
  EXPECT_EQ(Program::shell("kill $(cat " + directory.path() + "/pid)").run().status, 0);
}

TEST(CliTools, OutputIsBounded) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["head", "-c", "1000000", "/dev/zero"])");
  EXPECT_EQ(chat(simulator, {"--tool", file, "-y", "?"}).run().status, 0);
  const std::string result = result_of(simulator);
  EXPECT_LT(result.size(), 300'000u);
  EXPECT_TRUE(contains(result, "more bytes]"));
}

TEST(CliTools, ACommandNeedNotReadItsInput) {
  Simulator simulator(calling(R"({"city": ")" + std::string(300'000, 'x') + R"("})"));
  const TemporaryDirectory directory;
  EXPECT_EQ(chat(simulator, {"--no-stream", "--tool", tool_file(directory, R"(["true"])"), "-y", "?"}).run().status, 0);
  EXPECT_EQ(result_of(simulator), "");
  Simulator other(calling(R"({"city": ")" + std::string(300'000, 'x') + R"("})"));
  EXPECT_EQ(chat(other, {"--no-stream", "--tool", tool_file(directory, R"(["wc", "-c"])"), "-y", "?"}).run().status, 0);
  EXPECT_EQ(result_of(other), "300011");
}

TEST(CliTools, WithoutATerminalNothingRunsUnasked) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["touch", ")" + directory.path() + R"(/ran"])");
  // A session of its own has no terminal, wherever this test runs.
  const Ended ended = Program::shell("setsid -w \"$ANTIPHON\" chat -m openai/m --base-url " +
                                     simulator.openai_base_url() + " --tool " + file + " Go")
                          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(result_of(simulator), "refused: there is no terminal to ask the user at; --yes would allow it");
  EXPECT_NE(Program::shell("test -e " + directory.path() + "/ran").run().status, 0);
}

TEST(CliTools, TheTerminalIsAskedAndMayRefuse) {
  const TemporaryDirectory directory;
  for (const bool allowed : {true, false}) {
    Simulator simulator(calling(R"({"city": "Os\u001b[2Jlo"})"));
    OnTerminal terminal(chat(simulator, {"--tool", tool_file(directory, R"(["echo", "sunny"])"), "How is it?"}));
    terminal.wait_for("look {\"city\":");
    terminal.wait_for("[y/N] ");
    terminal.type(allowed ? "y\r" : "\r");
    terminal.wait_for("So it is.");
    EXPECT_EQ(terminal.finish(), 0);
    EXPECT_EQ(result_of(simulator), allowed ? "sunny" : "refused by the user");
    EXPECT_EQ(terminal.screen().find("\033[2J"), std::string::npos);
  }
}

TEST(CliTools, CtrlCAtTheQuestionEndsTheCall) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  OnTerminal terminal(chat(simulator, {"--tool", tool_file(directory, R"(["echo", "sunny"])"), "How is it?"}));
  terminal.wait_for("[y/N] ");
  terminal.type("\x03");
  EXPECT_EQ(terminal.finish(), 130);
  EXPECT_EQ(simulator.requests().size(), 1u);
}

TEST(CliTools, AnInterruptEndsACommandThatRuns) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  const std::string file =
      tool_file(directory, R"(["sh", "-c", "echo running >&2; touch )" + directory.path() + R"(/ran; sleep 1000"])");
  Running running(chat(simulator, {"--tool", file, "-y", "-v", "How is it?"}));
  EXPECT_EQ(Program::shell("while ! test -e " + directory.path() + "/ran; do :; done").run().status, 0);
  running.signal(SIGINT);
  EXPECT_EQ(running.finish().status, 130);
}

TEST(CliTools, MistakesInTheFileAreNamed) {
  Simulator simulator;
  const TemporaryDirectory directory;
  const auto refused = [&](const std::string& text, const std::vector<std::string>& words) {
    const std::string file = directory.file("tool.json", text);
    std::vector<std::string> all = words;
    all.push_back("tool.json");
    expect_usage_error(chat(simulator, {"--tool", file, "Hi"}), all);
  };
  refused("{", {"not JSON"});
  refused("{}", {"/name: missing", "/description: missing", "/command: missing"});
  refused(R"({"name": "", "description": "d", "command": []})",
          {"/name: expected at least 1", "/command: expected at least 1"});
  refused(R"({"name": "n", "description": "d", "command": "rm -rf /"})",
          {"/command: expected an array, got \"rm -rf /\""});
  refused(R"({"name": "n", "description": "d", "command": ["c"], "comand": 1})", {"/comand: unknown"});
  refused(R"({"name": "n", "description": "d", "command": ["c"], "timeout": "soon"})", {"/timeout", "soon"});
  expect_usage_error(chat(simulator, {"--tool", directory.path() + "/none.json", "Hi"}), {"none.json"});
  const std::string good = directory.file("good.json", R"({"name": "n", "description": "d", "command": ["c"]})");
  expect_usage_error(chat(simulator, {"--tool", good, "--tool", good, "Hi"}), {"another tool \"n\""});
  expect_usage_error(chat(simulator, {"--tool", good, "--max-steps", "0", "Hi"}), {"--max-steps"});
  expect_usage_error(chat(simulator, {"--yes", "Hi"}), {"--yes", "--tool"});
  expect_usage_error(chat(simulator, {"--max-steps", "3", "Hi"}), {"--max-steps", "--tool"});
  EXPECT_TRUE(simulator.requests().empty());
}

TEST(CliTools, StepsAreLimited) {
  Simulator simulator(rule(R"({"answer": {"tool_calls": [{"id": "c", "name": "look", "arguments": {"city": "O"}}]}})"));
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["true"])", R"(, "strict": true)");
  const Ended ended = chat(simulator, {"--tool", file, "-y", "--max-steps", "3", "?"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_TRUE(contains(ended.err, "tool_limit"));
  EXPECT_EQ(simulator.requests().size(), 3u);
  EXPECT_EQ(Parsed(simulator.requests()[0].body).json("/tools/0/function/strict"), "true");
}

/// The same model for ever, whose answers cost 0.02 dollars as gpt-4o: 4000 tokens in, 1000 out.
Scenario dear_answers() {
  return rule(R"({"answer": {"tool_calls": [{"id": "c", "name": "look", "arguments": {"city": "O"}}],
                             "usage": {"prompt_tokens": 4000, "completion_tokens": 1000}}})");
}

Program chat_with(const Simulator& simulator, const std::string& model, const Arguments& more) {
  Arguments arguments{"chat", "-m", model, "--base-url", simulator.openai_base_url()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Program(std::move(arguments));
}

TEST(CliTools, CostIsLimited) {
  Simulator simulator(dear_answers());
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["true"])");
  const Ended ended = chat_with(simulator, "openai/gpt-4o", {"--tool", file, "-y", "--max-cost", "0.05", "?"}).run();
  EXPECT_EQ(ended.status, 1);
  for (const char* word : {"tool_limit", "tool_loop.max_cost", "$0.0600"}) EXPECT_TRUE(contains(ended.err, word));
  EXPECT_EQ(simulator.requests().size(), 3u);
}

TEST(CliTools, CostWithoutAKnownPriceIsRefused) {
  Simulator simulator(dear_answers());
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["true"])");
  const Arguments arguments{"--tool", file, "-y", "--max-cost", "0.05", "?"};
  const Ended ended = chat_with(simulator, "openai/m", arguments).run();
  EXPECT_EQ(ended.status, 2);
  for (const char* word : {"max_cost", "openai/m", "ANTIPHON_MODELS"}) EXPECT_TRUE(contains(ended.err, word));
  EXPECT_TRUE(simulator.requests().empty());
  // A file of the user's says it.
  const std::string rows = directory.file("models.json", R"({"format": 1, "models": [
    {"provider": "openai", "model": "m", "prices": {"input": 10, "output": 10}}]})");
  const Ended priced = chat_with(simulator, "openai/m", arguments).environment("ANTIPHON_MODELS", rows).run();
  EXPECT_TRUE(contains(priced.err, "$0.0500"));
  EXPECT_EQ(simulator.requests().size(), 1u);
}

TEST(CliTools, TheConfigurationLimitsCostToo) {
  Simulator simulator(dear_answers());
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["true"])");
  const std::string config =
      directory.file("c.toml",
                     "[models.dear]\nprovider = \"openai\"\nmodel = \"gpt-4o\"\n"
                     "base_url = \"" +
                         simulator.openai_base_url() + "\"\noptions = { tool_loop = { max_cost = 0.03 } }\n");
  const Ended ended = Program({"chat", "-m", "dear", "--config", config, "--tool", file, "-y", "?"}).run();
  EXPECT_TRUE(contains(ended.err, "tool_loop.max_cost"));
  EXPECT_EQ(simulator.requests().size(), 2u);
}

TEST(CliTools, WrongCostsAreWrongUsage) {
  Simulator simulator(calling());
  const TemporaryDirectory directory;
  const std::string file = tool_file(directory, R"(["true"])");
  for (const char* cost : {"0", "-1", "much", "1e3", ""}) {
    expect_usage_error(chat(simulator, {"--tool", file, "--max-cost", cost, "Hi"}), {"--max-cost"});
  }
  expect_usage_error(chat(simulator, {"--max-cost", "1", "Hi"}), {"--max-cost", "--tool"});
}

TEST(CliTools, TheHelpSpeaksOfThem) {
  const Ended ended = Program({"chat", "--help"}).run();
  for (const char* word : {"--tool FILE", "--yes", "--max-steps", "--max-cost DOLLARS"})
    EXPECT_TRUE(contains(ended.out, word));
}

}  // namespace
}  // namespace antiphon::cli_test
