// Ends while calls are in flight: exit_with_calls URL WAY. Exits with 0 when each call ended once, as cancelled, before
// the end of the program.

#include <unistd.h>

#include <atomic>
#include <cstring>
#include <optional>

#include <antiphon/antiphon.hpp>

using namespace antiphon;

namespace {

constexpr int calls = 20;
std::atomic<int> ended{0};
std::atomic<int> cancelled{0};

/// The first static object, so the last to go.
struct Verdict {
  ~Verdict() { _exit(ended == calls && cancelled == calls ? 0 : 3); }
};

Verdict verdict;

void note(const Result<Response>& result) {
  ++ended;
  cancelled += !result && result.error().kind() == ErrorKind::cancelled;
}

void start(const Provider& provider) {
  for (int i = 0; i < calls / 2; ++i) {
    provider.async_chat("Hi").then(note);
    provider.stream("Hi").for_each([](const Chunk&) {}).then(note);
  }
}

}  // namespace

int main(int, char** argv) {
  const ModelConfig config = ModelConfig("m-1", providers::openai).base_url(argv[1]).api_key("k");
  if (std::strcmp(argv[2], "temporary") == 0) {
    start(create_provider(config));
  } else if (std::strcmp(argv[2], "static-provider") == 0) {
    static const Provider provider = create_provider(config);
    start(provider);
  } else if (std::strcmp(argv[2], "static-engine") == 0) {
    static const Engine engine;
    start(create_provider(config, ProviderOptions().engine(engine)));
  } else {
    start(create_provider(config));
    exit(0);
  }
}
