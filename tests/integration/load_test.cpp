// Many at once, against a simulator in a process of its own.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <future>

#include <antiphon/antiphon.hpp>

#include "support/simulator_process.hpp"
#include "support/threads.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

void allow_many_files() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

/// By name, as users have it: a numeric address would never look anything up.
ModelConfig config_for(const SimulatorProcess& simulator) {
  return ModelConfig("m-1", providers::openai)
      .base_url("http://localhost:" + std::to_string(simulator.port()) + "/v1")
      .api_key("k")
      .retry_config(RetryConfig().max_attempts(1));
}

TEST(Load, AThousandOpenStreamsOnOneThread) {
  allow_many_files();
  SimulatorProcess simulator(R"({"rules": [{"answer": {"chunks": ["some"]}, "timing": {"stop_after_chunks": 1}}]})");
  Engine engine;
  const Provider provider = create_provider(config_for(simulator), ProviderOptions().engine(engine));
  EXPECT_EQ(provider.stream("warm up").begin()->content(), "some");
  const std::size_t threads = threads_of_this_process();
  std::vector<Stream> streams;
  for (int i = 0; i < 1000; ++i) {
    streams.push_back(provider.stream("Hi"));
    ASSERT_EQ(streams.back().begin()->content(), "some");
  }
  EXPECT_EQ(simulator.stats().streams_open, 1000U);
  EXPECT_EQ(threads_of_this_process(), threads);
  streams.clear();
  EXPECT_TRUE(simulator.wait(SimulatorEvent::disconnect, 1000).reached);
}

TEST(Load, FiveThousandChatsUnansweredAtOneInstant) {
  allow_many_files();
  SimulatorProcess simulator(R"({"rules": [{"timing": {"never_answer": true}}]})");
  Engine engine;
  const Provider provider = create_provider(config_for(simulator), ProviderOptions().engine(engine));
  (void)provider.try_chat("warm up", Options().timeouts(Timeouts().first_content(50ms)));
  const std::size_t threads = threads_of_this_process();
  std::atomic<int> cancelled = 0;
  std::stop_source stop;
  for (int i = 0; i < 5000; ++i) {
    provider.async_chat("Hi", Options().cancel_on(stop.get_token())).then([&](Result<Response> result) {
      cancelled += result.error().kind() == ErrorKind::cancelled;
      cancelled.notify_all();
    });
  }
  ASSERT_TRUE(simulator.wait(SimulatorEvent::request, 5001).reached);
  EXPECT_EQ(engine.calls_in_flight(), 5000U);
  EXPECT_GE(simulator.stats().requests_open, 5000U) << "not at one instant";
  EXPECT_EQ(threads_of_this_process(), threads);
  stop.request_stop();
  for (int now = cancelled; now < 5000; now = cancelled) cancelled.wait(now);
}

TEST(Load, AnEngineDestroyedWith500CallsInFlightEndsEachOnce) {
  allow_many_files();
  SimulatorProcess simulator(
      R"({"rules": [{"match": {"stream": true}, "answer": {"chunks": ["some"]}, "timing": {"stop_after_chunks": 1}},
                    {"timing": {"never_answer": true}}]})");
  constexpr std::size_t calls = 500;
  std::vector<std::atomic<int>> ends(calls);
  std::atomic<std::size_t> cancelled = 0;
  std::atomic<std::size_t> read = 0;
  {
    Engine engine;
    const Provider provider = create_provider(config_for(simulator), ProviderOptions().engine(engine));
    for (std::size_t i = 0; i < calls; ++i) {
      auto end = [&ends, &cancelled, i](Result<Response> result) {
        ++ends[i];
        cancelled += !result && result.error().kind() == ErrorKind::cancelled;
      };
      if (i % 2 == 0) {
        provider.async_chat("Hi").then(std::move(end));
      } else {
        auto count = [&read](const Chunk& chunk) {
          read += !chunk.content().empty();
          read.notify_all();
        };
        provider.stream("Hi").for_each(std::move(count)).then(std::move(end));
      }
    }
    ASSERT_TRUE(simulator.wait(SimulatorEvent::request, calls).reached);
    for (std::size_t now = read; now < calls / 2; now = read) read.wait(now);
    EXPECT_EQ(engine.calls_in_flight(), calls);
  }
  for (std::size_t i = 0; i < calls; ++i) EXPECT_EQ(ends[i], 1) << "call " << i;
  EXPECT_EQ(cancelled, calls);
  EXPECT_TRUE(simulator.wait(SimulatorEvent::disconnect, calls).reached) << "the server was not told";
  EXPECT_EQ(simulator.requests().size(), calls);
}

}  // namespace
}  // namespace antiphon::test
