// The command line against a real Ollama.
#include <sstream>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "real/ollama_server.hpp"

namespace antiphon_tests {
namespace {

using antiphon::cli_test::Ended;
using antiphon::cli_test::Program;
using antiphon::cli_test::TemporaryDirectory;
using antiphon::test::Parsed;
using Arguments = std::vector<std::string>;

Ended run(Arguments arguments) {
  // As a user's shell has it; the address of `ollama serve` is the address of `antiphon`.
  return Program(std::move(arguments)).environment("OLLAMA_HOST", ollama_url()).patience(std::chrono::minutes(3)).run();
}

Ended chat(const Arguments& more) {
  Arguments arguments{"chat", "-m", "ollama/smol", "--temperature", "0", "--seed", "1"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(std::move(arguments));
}

TEST(RealOllamaCommandLine, chat_prints_the_same_answer_whole_and_streamed) {
  const Ended streamed = chat({"--max-tokens", "12", "--stats", "Why is the sky blue?"});
  EXPECT_EQ(streamed.status, 0) << streamed.err;
  EXPECT_GT(streamed.out.size(), 1U);
  EXPECT_NE(streamed.err.find("tokens"), std::string::npos) << streamed.err;
  const Ended whole = chat({"--max-tokens", "12", "--no-stream", "Why is the sky blue?"});
  EXPECT_EQ(whole.status, 0) << whole.err;
  EXPECT_EQ(whole.out, streamed.out);
}

TEST(RealOllamaCommandLine, chat_gives_json) {
  const Ended ended = chat({"--max-tokens", "12", "--json", "-o", "num_ctx=1024", "Why is the sky blue?"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/terminal"), "finished");
  EXPECT_EQ(json.text("/finish_reason"), "length");
  EXPECT_EQ(json.number("/usage/output_tokens"), 12);
  EXPECT_EQ(json.text("/attempts/0/provider"), "ollama");
  EXPECT_LT(json.number("/first_chunk_ms"), json.number("/duration_ms"));
}

TEST(RealOllamaCommandLine, chat_runs_the_command_of_a_tool) {
  const TemporaryDirectory directory;
  const std::string file =
      directory.file("weather.json",
                     R"({"name": "weather", "description": "Current weather of a city", "parameters": {"type": "object",
          "properties": {"city": {"type": "string"}}, "required": ["city"]}, "command": ["sed", "s/$/: rain/"]})");
  const Ended ended =
      chat({"--max-tokens", "32", "--json", "--tool", file, "--yes", "Do I need an umbrella in Bergen?"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/tool_runs/0/name"), "weather");
  EXPECT_EQ(json.text("/tool_runs/0/result"), R"({"city":"Bergen"}: rain)");
  EXPECT_FALSE(json.text("/text").empty());
}

TEST(RealOllamaCommandLine, an_unknown_model_is_an_error) {
  const Ended ended = run({"chat", "-m", "ollama/nobody", "Hi"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_NE(ended.err.find("not_found"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("404"), std::string::npos) << ended.err;
}

TEST(RealOllamaCommandLine, models_lists_what_the_server_has) {
  const Ended ended = run({"models", "ollama"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(("\n" + ended.out).find("\nsmol:latest\n"), std::string::npos) << ended.out;
}

TEST(RealOllamaCommandLine, embed_prints_a_vector_per_text) {
  const Ended ended = run({"embed", "-m", "ollama/smol", "one text", "another"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  std::istringstream lines(ended.out);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    std::istringstream numbers(line);
    int dimensions = 0;
    for (double number; numbers >> number;) ++dimensions;
    EXPECT_EQ(dimensions, 576);
  }
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace antiphon_tests
