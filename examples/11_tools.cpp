// Functions of yours that the model may call.

#include <antiphon/antiphon.hpp>
#include <antiphon/describe.hpp>

#include <chrono>
#include <iostream>
#include <string>

using namespace antiphon;
using namespace std::chrono_literals;

struct Where {
  std::string city;
};
BOOST_DESCRIBE_STRUCT(Where, (), (city))

std::string lookup(const std::string& city) { return "Rain in " + city + ", 8 degrees."; }

int main() try {
  Provider provider = create_provider("openai/gpt-4o-mini");
  auto weather = tool("weather", "Current weather of a city", [](const Where& w) { return lookup(w.city); });

  // Runs what the model calls, until it answers.
  Response answer = provider.chat("Do I need an umbrella in Bergen?", Options().tools(weather));
  std::cout << answer.content() << '\n';

  // What was called, and what came of it.
  for (const Message& message : answer.history()) {
    for (const Part& part : message.parts()) {
      if (part.kind() == PartKind::tool_call) std::cout << part.name() << ' ' << part.arguments() << '\n';
      if (part.kind() == PartKind::tool_result) std::cout << "-> " << part.text() << '\n';
    }
  }

  // In a stream, with limits, and with your consent.
  ToolLoop loop =
      ToolLoop().max_steps(5).tool_timeout(10s).concurrency(4).approve([](const ToolCall& call) -> Approval {
        if (call.name() == "weather") return true;
        return Approval::refused("only the weather is asked for");
      });
  for (const Chunk& chunk : provider.stream("And tomorrow?", Options().tools(weather).tool_loop(loop))) {
    if (chunk.kind() == ChunkKind::tool_result) std::cout << "[" << chunk.text() << "] ";
    std::cout << chunk.content() << std::flush;
  }
  std::cout << '\n';
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
