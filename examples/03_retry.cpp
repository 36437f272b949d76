// A provider that is busy or breaks off is asked again.

#include <antiphon/antiphon.hpp>

#include <iostream>

using namespace antiphon;

int main() try {
  // Every provider has a retry; this says how often, and how fast the waits grow.
  Provider provider = create_provider(
      ModelConfig("gpt-4o-mini", providers::openai).retry_config(RetryConfig().max_attempts(3).backoff_factor(2.0)));

  Response response = provider.chat("Why is the sky blue?");
  std::cout << response.content() << '\n';

  for (const Attempt& attempt : response.attempts()) {
    std::cout << attempt.provider() << '/' << attempt.model() << ": ";
    if (attempt.error()) {
      std::cout << *attempt.error() << " (" << attempt.status() << ")\n";
    } else {
      std::cout << "answered, after a wait of " << attempt.waited().count() << " ms\n";
    }
  }
} catch (const Error& error) {
  // All attempts are on the error as well.
  std::cerr << error.what() << '\n' << error.attempts().size() << " attempts\n";
  return 1;
}
