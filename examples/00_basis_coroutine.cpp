// 00_basis as a coroutine, and with a callback.

#include <antiphon/antiphon.hpp>

#include <chrono>
#include <future>
#include <iostream>

#include "task.hpp"

using namespace antiphon;
using namespace std::chrono_literals;

Program ask() {
  Provider provider = create_provider(ModelConfig("gpt-4o-mini", providers::openai));  // key from OPENAI_API_KEY

  Response response = co_await provider.async_chat(Messages().system("Be brief.").user("Why is the sky blue?"));
  std::cout << response.content() << '\n';
  std::cout << response.usage().input_tokens() << " tokens in, " << response.usage().output_tokens() << " out\n";

  Result<Response> result = co_await provider
                                .async_chat(Messages().system("Be brief.").user("Why is the sky blue?"),
                                            Options().temperature(0.2).max_tokens(100).deadline(10s))
                                .as_result();
  if (result) {
    std::cout << result->content() << '\n';
  } else {
    std::cout << "failed: " << result.error().kind() << '\n';
  }

  Response hello = co_await create_provider("ollama/llama3.2").async_chat("Say hello in three languages.");
  std::cout << hello.content() << '\n';
}

int main() try {
  ask().wait();

  std::promise<void> done;
  create_provider("ollama/llama3.2").async_chat("And goodbye?").then([&](Result<Response> result) {
    if (result) std::cout << result->content() << '\n';
    done.set_value();
  });
  done.get_future().wait();
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
