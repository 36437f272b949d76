#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include <antiphon/simulator.hpp>

#include "cli/program.hpp"
#include "support/parsed.hpp"

namespace antiphon::cli_test {

using Arguments = std::vector<std::string>;

/// `antiphon chat` for the simulator's OpenAI side.
inline Program chat(const Simulator& simulator, const Arguments& more) {
  Arguments arguments{"chat", "-m", "openai/m", "--base-url", simulator.openai_base_url()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Program(std::move(arguments));
}

/// The same for its Ollama side.
inline Program ollama_chat(const Simulator& simulator, const Arguments& more) {
  Arguments arguments{"chat", "-m", "ollama/m", "--base-url", simulator.ollama_base_url()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Program(std::move(arguments));
}

/// A scenario with this one rule.
inline Scenario rule(std::string_view json) { return Scenario().rule(json); }

/// A rule of a provider that is down.
inline constexpr const char* outage = R"({"status": 503, "error": {"message": "down"}})";

using antiphon::test::Parsed;

inline testing::AssertionResult contains(const std::string& text, std::string_view part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in:\n" << text;
}

/// Wrong usage: status 2, nothing on standard output, and a message that has `words` in it.
inline void expect_usage_error(const Program& program, const std::vector<std::string>& words) {
  const Ended ended = program.run();
  EXPECT_EQ(ended.status, 2) << ended.err;
  EXPECT_EQ(ended.out, "");
  for (const std::string& word : words) EXPECT_TRUE(contains(ended.err, word));
}

}  // namespace antiphon::cli_test
