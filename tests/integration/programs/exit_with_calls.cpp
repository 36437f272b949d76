// Ends while calls are in flight: exit_with_calls URL WAY. Exits with 0 when each call ended once, as cancelled, before
// the end of the program; where `exit` holds the engine's own thread, when none ended otherwise. The server calls the
// tool of a request that has one, and answers no other.

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <antiphon/antiphon.hpp>

#include "support/coroutine.hpp"

using namespace antiphon;

namespace {

std::atomic<int> begun{0};
std::atomic<int> ended{0};
std::atomic<int> cancelled{0};
std::atomic<int> ends_logged{0};
std::atomic<int> ends_to_be_logged{0};
bool thread_is_held = false;

/// The first static object, so the last to go.
struct Verdict {
  ~Verdict() {
    const bool all = (thread_is_held || ended == begun) && ends_logged == ends_to_be_logged;
    _exit(all && cancelled == ended ? 0 : 3);
  }
};

Verdict verdict;

void note(const Result<Response>& result) {
  ++ended;
  cancelled += !result && result.error().kind() == ErrorKind::cancelled;
}

void start(const Provider& provider) {
  for (int i = 0; i < 10; ++i) {
    begun += 2;
    provider.async_chat("Hi").then(note);
    provider.stream("Hi").for_each([](const Chunk&) {}).then(note);
  }
}

/// These run on the engine's thread.
void exit_in_callback(const Provider& provider) {
  thread_is_held = true;
  start(provider);
  provider.async_chat("Hi", Options().temperature(-1)).then([](const Result<Response>&) { std::exit(0); });
}

test::Coroutine exit_in_coroutine(Provider provider) {
  thread_is_held = true;
  start(provider);
  (void)co_await provider.async_chat("Hi", Options().temperature(-1)).as_result();
  std::exit(0);
}

void exit_in_tool(const Provider& provider) {
  start(provider);
  ++begun;
  const Tool leave = tool("leave", "Ends the program", R"({"type":"object"})", [](const Json&) { std::exit(0); });
  provider.async_chat("Hi", Options().tools(leave)).then(note);
}

std::atomic<bool> logger_may_go_on{false};

void let_logger_go_on() {
  logger_may_go_on = true;
  logger_may_go_on.notify_all();
}

struct ExitingLogger : Logger {
  void log(const LogRecord&) override {
    logger_may_go_on.wait(false);
    std::exit(0);
  }
};

void exit_in_logger(const ModelConfig& config) {
  start(create_provider(config, ProviderOptions().logger(std::make_shared<ExitingLogger>())));
  let_logger_go_on();
}

struct SlowLogger : Logger {
  void log(const LogRecord& record) override {
    logger_may_go_on.wait(false);
    ends_logged += record.event() == "call.end";
  }
};

/// Goes before the engine.
struct LateStart {
  ~LateStart() { let_logger_go_on(); }
};

void leave_to_slow_logger(const ModelConfig& config) {
  const auto runs = Callbacks().on_request([](const Request&) {
    ++ends_to_be_logged;
    ends_to_be_logged.notify_one();
  });
  start(create_provider(config, ProviderOptions().logger(std::make_shared<SlowLogger>()).callbacks(runs)));
  for (int running = 0; running < begun; running = ends_to_be_logged) ends_to_be_logged.wait(running);
  static const LateStart late_start;
}

void hang_until_exit() {
  for (;;) pause();
}

}  // namespace

int main(int, char** argv) {
  // Whatever hangs ends here.
  alarm(20);
  const std::string_view way = argv[2];
  const ModelConfig config = ModelConfig("m-1", providers::openai).base_url(argv[1]).api_key("k");
  if (way == "temporary") {
    start(create_provider(config));
  } else if (way == "static_provider") {
    static const Provider provider = create_provider(config);
    start(provider);
  } else if (way == "slow_logger") {
    leave_to_slow_logger(config);
  } else if (way == "static_engine") {
    static const Engine engine;
    start(create_provider(config, ProviderOptions().engine(engine)));
  } else if (way == "exit") {
    start(create_provider(config));
    std::exit(0);
  } else {
    if (way == "callback") exit_in_callback(create_provider(config));
    if (way == "coroutine") exit_in_coroutine(create_provider(config));
    if (way == "tool") exit_in_tool(create_provider(config));
    if (way == "logger") exit_in_logger(config);
    if (way.ends_with("_of_static_engine")) {
      static const Engine engine;
      const Provider provider = create_provider(config, ProviderOptions().engine(engine));
      way.starts_with("tool") ? exit_in_tool(provider) : exit_in_callback(provider);
    }
    hang_until_exit();
  }
}
