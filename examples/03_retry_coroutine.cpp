// 03_retry as a coroutine: no thread waits between two attempts either.

#include <antiphon/antiphon.hpp>

#include <iostream>

#include "task.hpp"

using namespace antiphon;

Program ask() {
  Provider provider = create_provider(
      ModelConfig("gpt-4o-mini", providers::openai).retry_config(RetryConfig().max_attempts(3).backoff_factor(2.0)));

  Response response = co_await provider.async_chat("Why is the sky blue?");
  std::cout << response.content() << '\n';

  for (const Attempt& attempt : response.attempts()) {
    std::cout << attempt.provider() << '/' << attempt.model() << ": ";
    if (attempt.error()) {
      std::cout << *attempt.error() << " (" << attempt.status() << ")\n";
    } else {
      std::cout << "answered, after a wait of " << attempt.waited().count() << " ms\n";
    }
  }
}

int main() try { ask().wait(); } catch (const Error& error) {
  std::cerr << error.what() << '\n' << error.attempts().size() << " attempts\n";
  return 1;
}
