// 11_provider_specific as a coroutine.

#include <antiphon/antiphon.hpp>

#include <chrono>
#include <iostream>

#include "task.hpp"

using namespace antiphon;
using namespace std::chrono_literals;

Program ask() {
  Provider provider = create_provider("ollama/llama3.2");

  Response picture = co_await provider.async_chat(
      "What is this?",
      Options().images(
          "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9aw"
          "AAAABJRU5ErkJggg=="));
  std::cout << picture.content() << '\n';

  Response typed =
      co_await provider.async_chat("Hello!", Options().with(ollama::Options().num_ctx(8192).keep_alive(5min)));
  std::cout << typed.content() << '\n';

  Response named = co_await provider.async_chat("Hello again!", Options().option("num_ctx", 8192));
  std::cout << named.content() << '\n';

  Provider other = create_provider("openai/gpt-4o-mini");
  Response response = co_await other.async_chat("Hello there!", Options().extra(R"({"logit_bias": {"50256": -100}})"));
  std::cout << response.content() << '\n';
}

int main() try { ask().wait(); } catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
