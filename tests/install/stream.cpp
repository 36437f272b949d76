// A program outside the project: stream.cpp BASE_URL. It prints the answer as it arrives.
#include <antiphon/antiphon.hpp>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    antiphon::Provider provider = antiphon::create_provider(
        antiphon::ModelConfig("any", antiphon::providers::openai).base_url(argv[1]).api_key("none"));
    antiphon::Stream stream = provider.stream("Hello!");
    for (const antiphon::Chunk& chunk : stream) std::cout << chunk.content() << std::flush;
    std::cout << "\n";
    return stream.response()->content().empty() ? 1 : 0;
  } catch (const antiphon::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
