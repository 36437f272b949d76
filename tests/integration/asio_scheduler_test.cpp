// An engine on an Asio loop of its user's.

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio.hpp>
#include <functional>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <antiphon/antiphon.hpp>
#include <antiphon/asio.hpp>

#include "integration/one_attempt.hpp"
#include "support/coroutine.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"
#include "support/threads.hpp"

namespace antiphon::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct AsioSchedulerTest : testing::Test {
  Provider provider_at(const std::string& url) {
    return create_provider(config_for(url), ProviderOptions().engine(*engine));
  }
  /// Runs what is there until nothing is left.
  void run() {
    io.restart();
    io.run();
  }

  asio::io_context io;
  AsioScheduler scheduler{io};
  std::optional<Engine> engine{EngineOptions().scheduler(scheduler)};
};

asio::awaitable<void> talk(Provider provider, std::string& said) {
  const auto here = std::this_thread::get_id();
  const Response response = co_await complete_with(provider.async_chat("Hi"), asio::use_awaitable);
  said += response.content();
  Stream stream = provider.stream("Hi");
  while (const Chunk* chunk = co_await async_next(stream, asio::use_awaitable)) said += chunk->content();
  EXPECT_EQ(std::this_thread::get_id(), here);
}

TEST_F(AsioSchedulerTest, CallsAndStreamsRunOnTheThreadThatRunsTheContext) {
  RawServer server(answering({"Hel", "lo"}));
  std::string said;
  const std::size_t threads = threads_of_this_process();
  asio::co_spawn(io, talk(provider_at(server.url("/v1")), said), asio::detached);
  run();
  EXPECT_EQ(said, "HelloHello");
  // The server has one for each connection, and those are kept.
  EXPECT_EQ(threads_of_this_process(), threads + static_cast<std::size_t>(server.connections()));
}

TEST_F(AsioSchedulerTest, HooksAndContinuationsAreOnItToo) {
  RawServer server(answering({"Hello"}));
  const auto here = std::this_thread::get_id();
  std::vector<std::thread::id> seen;
  const auto note = [&] { seen.push_back(std::this_thread::get_id()); };
  const Provider provider =
      create_provider(config_for(server.url("/v1")),
                      ProviderOptions().engine(*engine).callbacks(Callbacks().on_request([&](const Request&) { note(); })));
  provider.async_chat("Hi").then([&](Result<Response> response) {
    EXPECT_TRUE(response);
    EXPECT_TRUE(scheduler.on_thread());
    note();
  });
  EXPECT_TRUE(seen.empty()) << "nothing runs before the context does";
  EXPECT_FALSE(scheduler.on_thread());
  run();
  EXPECT_EQ(seen, (std::vector{here, here}));
}

/// Neither connections that are kept nor timers that were taken back hold the loop; what is under way does.
TEST_F(AsioSchedulerTest, TheContextRunsAsLongAsCallsDoAndAgainForTheNext) {
  RawServer server(answering({"Hello"}));
  const Provider provider = provider_at(server.url("/v1"));
  for (int round = 0; round < 3; ++round) {
    std::string text;
    provider.async_chat("Hi").then([&](Result<Response> response) { text = response.value().content(); });
    run();
    EXPECT_EQ(text, "Hello") << round;
    EXPECT_EQ(engine->calls_in_flight(), 0U);
  }
  EXPECT_EQ(server.connections(), 1) << "the connection is kept from one run to the next";
}

TEST_F(AsioSchedulerTest, ALookUpOnAnotherThreadHoldsTheContext) {
  RawServer server(answering({"Hello"}));
  std::promise<void> release;
  Engine slow(EngineOptions().scheduler(scheduler).resolver([&](const std::string&) {
    release.get_future().wait();
    return std::vector<std::string>{"127.0.0.1"};
  }));
  // No timer holds it either.
  const Timeouts none = Timeouts().connect(Timeouts::off()).idle(Timeouts::off()).total(Timeouts::off());
  const ModelConfig config =
      config_for("http://slow.test:" + std::to_string(server.port()) + "/v1").timeouts(none);
  std::string text;
  create_provider(config, ProviderOptions().engine(slow)).async_chat("Hi").then([&](Result<Response> response) {
    text = response.value().content();
  });
  std::thread other([&] { release.set_value(); });
  run();
  other.join();
  EXPECT_EQ(text, "Hello");
}

TEST_F(AsioSchedulerTest, BlockingCallsWaitOnOtherThreadsAndAreRefusedOnItsOwn) {
  RawServer server(answering({"Hello"}));
  const Provider provider = provider_at(server.url("/v1"));
  std::optional<ErrorKind> refused;
  auto guard = asio::make_work_guard(io);
  asio::post(io, [&] { refused = failure_of(provider.try_chat("Hi")).kind(); });
  std::thread other([&] {
    EXPECT_EQ(provider.chat("Hi").content(), "Hello");
    std::string streamed;
    for (const Chunk& chunk : provider.stream("Hi")) streamed += chunk.content();
    EXPECT_EQ(streamed, "Hello");
    guard.reset();
  });
  run();
  other.join();
  EXPECT_EQ(refused, ErrorKind::would_deadlock);
}

TEST_F(AsioSchedulerTest, TimeoutsAndWaitsAreItsTimers) {
  RawServer server(never_answering);
  const ModelConfig config = config_for(server.url("/v1"))
                                 .retry_config(RetryConfig().max_attempts(2).initial_delay(1ms))
                                 .timeouts(Timeouts().first_content(20ms));
  std::optional<Result<Response>> result;
  create_provider(config, ProviderOptions().engine(*engine)).async_chat("Hi").then([&](Result<Response> r) {
    result = std::move(r);
  });
  run();
  ASSERT_TRUE(result);
  const Error error = failure_of(*result);
  EXPECT_EQ(error.kind(), ErrorKind::timeout);
  EXPECT_EQ(error.attempts().size(), 2U);
}

/// Destroyed by a handler of the loop, which goes on: everything ends before the loop does.
TEST_F(AsioSchedulerTest, AnEngineThatGoesOnTheLoopsThreadEndsItsCalls) {
  std::atomic<int> arrived = 0;
  RawServer server([&](RawConnection& connection, int) {
    connection.read_request();
    ++arrived;
    connection.wait_for_close();
  });
  const Provider provider = provider_at(server.url("/v1"));
  std::vector<ErrorKind> ends;
  for (int i = 0; i < 5; ++i) {
    provider.async_chat("Hi").then([&](Result<Response> r) { ends.push_back(failure_of(r).kind()); });
  }
  std::function<void()> look = [&] {
    if (arrived == 5) return engine.reset();
    asio::post(io, look);
  };
  asio::post(io, look);
  run();
  EXPECT_EQ(ends, std::vector(5, ErrorKind::cancelled));
  EXPECT_EQ(failure_of(provider.try_chat("Hi")).kind(), ErrorKind::cancelled) << "later calls find it gone";
}

/// The loop was stopped in the middle, and nobody runs it any more.
TEST(AsioScheduler, EndsWhatAnEngineLeftBehind) {
  std::atomic<bool> arrived = false;
  RawServer server([&](RawConnection& connection, int) {
    connection.read_request();
    connection.write(stream_head() + http_chunk(chunk_event("some")));
    arrived = true;
    connection.wait_for_close();
  });
  std::vector<ErrorKind> ends;
  std::string read;
  {
    asio::io_context io;
    AsioScheduler scheduler(io);
    const Engine engine(EngineOptions().scheduler(scheduler));
    const Provider provider = create_provider(config_for(server.url("/v1")), ProviderOptions().engine(engine));
    provider.async_chat("Hi").then([&](Result<Response> r) { ends.push_back(failure_of(r).kind()); });
    provider.stream("Hi")
        .for_each([&](const Chunk& chunk) {
          read += chunk.content();
          io.stop();
        })
        .then([&](Result<Response> r) { ends.push_back(failure_of(r).kind()); });
    // One that never began.
    io.run();
    provider.async_chat("Hi").then([&](Result<Response> r) { ends.push_back(failure_of(r).kind()); });
    EXPECT_TRUE(ends.empty());
  }
  EXPECT_EQ(read, "some");
  EXPECT_EQ(ends, std::vector(3, ErrorKind::cancelled));
}

TEST(AsioScheduler, CarriesSeveralEngines) {
  RawServer server(answering({"Hello"}));
  asio::io_context io;
  AsioScheduler scheduler(io);
  int ended = 0;
  {
    const Engine one(EngineOptions().scheduler(scheduler));
    const Engine other(EngineOptions().scheduler(scheduler));
    for (const Engine* engine : {&one, &other, &one}) {
      const Provider provider = create_provider(config_for(server.url("/v1")), ProviderOptions().engine(*engine));
      provider.async_chat("Hi").then([&](Result<Response> r) { ended += r ? 1 : 0; });
    }
    io.run();
  }
  EXPECT_EQ(ended, 3);
}

TEST(AsioScheduler, TasksRunAlthoughOneThrows) {
  asio::io_context io;
  AsioScheduler scheduler(io);
  int ran = 0;
  scheduler.post([&] { ++ran; });
  scheduler.post([] { throw std::runtime_error("a task of the user's own"); });
  scheduler.post([&] { ++ran; });
  EXPECT_THROW(io.run(), std::runtime_error);
  EXPECT_EQ(ran, 1);
  io.run();
  EXPECT_EQ(ran, 2);
}

/// What a transport may set for connections that it keeps.
TEST(AsioScheduler, TimersThatNoCallWaitsForDoNotHoldTheContext) {
  asio::io_context io;
  AsioScheduler scheduler(io);
  bool fired = false;
  scheduler.post([&] { scheduler.sleep_until(scheduler.steady_now() + 1ms, [&] { fired = true; }); });
  io.run();
  EXPECT_FALSE(fired);
  io.restart();
  scheduler.post([&] { scheduler.work_began(); });
  scheduler.post([&] { scheduler.sleep_until(scheduler.steady_now() + 2ms, [&] { scheduler.work_ended(); }); });
  io.run();
  EXPECT_TRUE(fired);
}

}  // namespace
}  // namespace antiphon::test
