// A user's own test: the simulator in the same program, and what it saw.
#include <antiphon/antiphon.hpp>
#include <antiphon/simulator.hpp>
#include <iostream>

int main() {
  try {
    antiphon::Simulator simulator(antiphon::Scenario().rule(R"({"answer": {"text": "Hello yourself!"}})"));
    antiphon::Provider provider = antiphon::create_provider(antiphon::ModelConfig("any", antiphon::providers::openai)
                                                                .base_url(simulator.openai_base_url())
                                                                .api_key("none"));
    const std::string answer = provider.chat("Hello!").content();
    std::cout << answer << "\n";
    return answer == "Hello yourself!" && simulator.requests().size() == 1 ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
