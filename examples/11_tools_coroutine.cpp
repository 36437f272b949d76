// 11_tools as a coroutine, with a tool that is one too: no thread waits.

#include <antiphon/antiphon.hpp>
#include <antiphon/describe.hpp>

#include <iostream>
#include <string>

#include "task.hpp"

using namespace antiphon;

struct Where {
  std::string city;
};
BOOST_DESCRIBE_STRUCT(Where, (), (city))

Program ask() {
  Provider provider = create_provider("openai/gpt-4o-mini");
  Provider expert = create_provider("ollama/llama3.2");
  auto weather = tool("weather", "Current weather of a city", [expert](const Where& w) -> ToolTask<std::string> {
    Response report = co_await expert.async_chat("The weather in " + w.city + ", in one line.");
    co_return report.content();
  });

  Response answer = co_await provider.async_chat("Do I need an umbrella in Bergen?", Options().tools(weather));
  std::cout << answer.content() << '\n';
  for (const Message& message : answer.history()) {
    for (const Part& part : message.parts()) {
      if (part.kind() == PartKind::tool_call) std::cout << part.name() << ' ' << part.arguments() << '\n';
      if (part.kind() == PartKind::tool_result) std::cout << "-> " << part.text() << '\n';
    }
  }

  Stream stream = provider.stream("And tomorrow?", Options().tools(weather));
  while (const Chunk* chunk = co_await stream.next()) {
    if (chunk->kind() == ChunkKind::tool_result) std::cout << "[" << chunk->text() << "] ";
    std::cout << chunk->content() << std::flush;
  }
  std::cout << '\n';
}

int main() try { ask().wait(); } catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
