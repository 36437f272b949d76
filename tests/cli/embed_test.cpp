#include <sstream>

#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

Program embed(const Simulator& simulator, const Arguments& more) {
  Arguments arguments{"embed", "-m", "openai/text-embedding-3-small", "--base-url", simulator.openai_base_url()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Program(std::move(arguments));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::size_t numbers_in(const std::string& line) {
  std::istringstream stream(line);
  std::size_t count = 0;
  for (double number; stream >> number;) ++count;
  EXPECT_TRUE(stream.eof()) << "no number: " << line;
  return count;
}

TEST(Embed, PrintsAVectorPerText) {
  Simulator simulator;
  const Ended ended = embed(simulator, {"--dimensions", "8", "one text", "another"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.err, "");
  const auto lines = lines_of(ended.out);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(numbers_in(lines[0]), 8u);
  EXPECT_EQ(numbers_in(lines[1]), 8u);
  EXPECT_NE(lines[0], lines[1]);
  const Ended alone = embed(simulator, {"--dimensions", "8", "another"}).run();
  EXPECT_EQ(alone.out, lines[1] + "\n");
}

TEST(Embed, ReadsArgumentsFilesAndLinesInThisOrder) {
  Simulator simulator;
  const TemporaryDirectory directory;
  const std::string file = directory.file("texts", "three\r\nfour");
  const Ended mixed = embed(simulator, {"--dimensions", "4", "one", "two", "--file", file}).input("five\nsix\n").run();
  EXPECT_EQ(mixed.status, 0) << mixed.err;
  const Ended plain = embed(simulator, {"--dimensions", "4", "one", "two", "three", "four", "five", "six"}).run();
  EXPECT_EQ(mixed.out, plain.out);
  EXPECT_EQ(lines_of(mixed.out).size(), 6u);
  const Ended by_file = embed(simulator, {"--dimensions", "4", "--file", "-"}).input("one\n").run();
  EXPECT_EQ(by_file.out, lines_of(plain.out)[0] + "\n");
}

TEST(Embed, PrintsJson) {
  Simulator simulator;
  const Ended ended = embed(simulator, {"--dimensions", "4", "--json", "one", "two"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/terminal"), "finished");
  EXPECT_EQ(json.text("/model"), "text-embedding-3-small");
  EXPECT_EQ(json.number("/dimensions"), 4);
  EXPECT_TRUE(json.has("/embeddings/1/3"));
  EXPECT_FALSE(json.has("/embeddings/1/4"));
  EXPECT_EQ(json.number("/usage/input_tokens"), 2);
  EXPECT_EQ(json.json("/error"), "null");
  EXPECT_EQ(json.number("/attempts/0/status"), 200);
}

TEST(Embed, AsksInBatches) {
  Simulator simulator;
  const Ended ended = embed(simulator, {"--batch-size", "2", "--concurrency", "1", "-v", "a", "b", "c"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  ASSERT_EQ(simulator.requests().size(), 2u);
  EXPECT_TRUE(contains(simulator.requests()[0].body, R"("input":["a","b"])"));
  EXPECT_TRUE(contains(ended.err, "attempt.end"));
}

TEST(Embed, SaysWhatTheProviderCannotCarry) {
  Simulator simulator;
  const Ended ended = embed(simulator, {"--input-type", "query", "--truncate", "a"}).run();
  EXPECT_EQ(ended.status, 0);
  EXPECT_TRUE(contains(ended.err, "input_type"));
  EXPECT_TRUE(contains(ended.err, "truncate"));
  const Ended strict = embed(simulator, {"--input-type", "query", "--strict", "a"}).run();
  EXPECT_EQ(strict.out, "");
  EXPECT_NE(strict.status, 0);
  EXPECT_TRUE(contains(strict.err, "input_type"));
  const Ended gemini = Program({"embed", "-m", "gemini/gemini-embedding-001", "--base-url", simulator.url(),
                                "--input-type", "query", "--dimensions", "5", "a"})
                           .environment("GEMINI_API_KEY", "k")
                           .run();
  EXPECT_EQ(gemini.status, 0) << gemini.err;
  EXPECT_EQ(gemini.err, "");
  EXPECT_TRUE(contains(simulator.requests().back().body, "RETRIEVAL_QUERY"));
}

TEST(Embed, AFailureIsStatusOneAndJson) {
  Simulator simulator(rule(R"({"status": 400, "error": {"message": "too long"}})"));
  const Ended ended = embed(simulator, {"--json", "a"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(Parsed(ended.out).text("/error/kind"), "invalid_request");
  EXPECT_TRUE(contains(ended.err, "too long"));
}

TEST(Embed, OthersStandIn) {
  Simulator broken(rule(R"({"status": 401, "error": {"message": "no"}})"));
  Simulator good;
  const Ended ended = embed(broken, {"--max-attempts", "1", "--fallback",
                                     "openai/text-embedding-3-small@" + good.openai_base_url(), "a"})
                          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  const Ended mixed = embed(broken, {"--fallback", "ollama/nomic-embed-text@" + good.ollama_base_url(), "a"}).run();
  EXPECT_EQ(mixed.status, 2) << "vectors of different models";
  EXPECT_TRUE(contains(mixed.err, "fallback.links"));
}

TEST(Embed, AnInterruptEndsIt) {
  Simulator simulator(rule(R"({"timing": {"never_answer": true}})"));
  Running running(embed(simulator, {"a"}));
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 1, std::chrono::seconds(20)));
  running.signal(2);
  const Ended ended = running.finish();
  EXPECT_EQ(ended.status, 130);
  EXPECT_TRUE(contains(ended.err, "interrupted"));
}

TEST(Embed, HasATimeForEverything) {
  Simulator simulator(rule(R"({"timing": {"never_answer": true}})"));
  const Ended ended = embed(simulator, {"--timeout", "200ms", "a"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_TRUE(contains(ended.err, "deadline_exceeded"));
}

TEST(Embed, WrongUsageIsNamed) {
  const auto with = [](const Arguments& more) {
    Arguments arguments{"embed", "-m", "ollama/m"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Program(arguments);
  };
  expect_usage_error(with({}), {"no text"});
  expect_usage_error(with({"a", ""}), {"TEXT"});
  expect_usage_error(with({"-"}).input("a\n\nb\n"), {"standard input, line 2"});
  expect_usage_error(with({"--file", "/nonexistent"}), {"/nonexistent"});
  expect_usage_error(with({"--dimensions", "0", "a"}), {"--dimensions"});
  expect_usage_error(with({"--dimensions", "x", "a"}), {"--dimensions"});
  expect_usage_error(with({"--batch-size", "0", "a"}), {"--batch-size"});
  expect_usage_error(with({"--concurrency", "-1", "a"}), {"--concurrency"});
  expect_usage_error(with({"--input-type", "passage", "a"}), {"--input-type", "passage", "query"});
  expect_usage_error(with({"--continue-with", "next", "a"}), {"--continue-with"});
  expect_usage_error(Program({"embed", "a"}), {"-m PROVIDER/MODEL"});
  expect_usage_error(Program({"emebd"}), {"did you mean embed?"});
}

TEST(Embed, TakesItsOptionsFromTheConfiguration) {
  Simulator simulator;
  const TemporaryDirectory directory;
  const std::string file = directory.file(
      "antiphon.toml", "[models.vectors]\nprovider = \"openai\"\nmodel = \"text-embedding-3-small\"\nbase_url = \"" +
                           simulator.openai_base_url() + "\"\noptions.own.dimensions = 6\n");
  const Ended ended = Program({"embed", "-m", "vectors", "--config", file, "a"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(numbers_in(lines_of(ended.out).at(0)), 6u);
}

}  // namespace
}  // namespace antiphon::cli_test
