// What one provider has and others have not.

#include <antiphon/antiphon.hpp>

#include <chrono>
#include <iostream>

using namespace antiphon;
using namespace std::chrono_literals;

int main() try {
  Provider provider = create_provider("ollama/llama3.2");

  // An image joins the last user message.
  Options picture = Options().images(
      "data:image/png;base64,"
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
  std::cout << provider.chat("What is this?", picture).content() << '\n';

  // Typed, for one family of providers; others take no notice.
  Options typed = Options().with(ollama::Options().num_ctx(8192).keep_alive(5min));
  std::cout << provider.chat("Hello!", typed).content() << '\n';

  // By name, as -o of the command line does it.
  std::cout << provider.chat("Hello again!", Options().option("num_ctx", 8192)).content() << '\n';

  // Any field of the request that we do not model.
  Provider other = create_provider("openai/gpt-4o-mini");
  Response response = other.chat("Hello there!", Options().extra(R"({"logit_bias": {"50256": -100}})"));
  std::cout << response.content() << '\n';
  for (const Warning& warning : response.warnings()) std::cout << warning.where() << ": " << warning.message() << '\n';
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
