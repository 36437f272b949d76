// Threads and lifetime, as the public headers promise them.

#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <future>
#include <latch>
#include <thread>

#include <antiphon/antiphon.hpp>

#include "support/coroutine.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"
#include "support/scripted_transport.hpp"
#include "support/virtual_scheduler.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

Provider provider_for(const RawServer& server, const Engine& engine) {
  return create_provider(ModelConfig("m-1", providers::openai)
                             .base_url(server.url("/v1"))
                             .api_key("k")
                             .retry_config(RetryConfig().max_attempts(1)),
                         ProviderOptions().engine(engine));
}

/// Counts requests that arrived, and lets a test wait for the n-th.
class Arrivals {
 public:
  RawServer::Handler handler() {
    return [this](RawConnection& connection, int) {
      while (!connection.read_request().empty()) {
        ++count_;
        count_.notify_all();
      }
    };
  }
  void wait_for(int count) {
    for (int now = count_; now < count; now = count_) count_.wait(now);
  }

 private:
  std::atomic<int> count_{0};
};

TEST(Engine, ABlockedCallComesBackWhenItsEngineGoes) {
  Arrivals arrivals;
  RawServer server(arrivals.handler());
  auto engine = std::make_unique<Engine>();
  const Provider provider = provider_for(server, *engine);
  auto blocked = std::async(std::launch::async, [&] { return provider.try_chat("Hi"); });
  auto reading = std::async(std::launch::async, [&] { return provider.stream("Hi").try_collect(); });
  arrivals.wait_for(2);
  engine.reset();
  EXPECT_EQ(blocked.get().error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(reading.get().error().kind(), ErrorKind::cancelled);
}

TEST(Engine, CallsAfterItsEndFailAsCancelled) {
  RawServer server(answering({"x"}));
  auto engine = std::make_unique<Engine>();
  const Provider provider = provider_for(server, *engine);
  EXPECT_EQ(provider.chat("Hi").content(), "x");
  engine.reset();
  EXPECT_EQ(provider.try_chat("Hi").error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(provider.stream("Hi").try_collect().error().kind(), ErrorKind::cancelled);
  std::optional<ErrorKind> kind;
  provider.async_chat("Hi").then([&](Result<Response> result) { kind = result.error().kind(); });
  EXPECT_EQ(kind, ErrorKind::cancelled);
}

TEST(Engine, MayDieOnItsOwnThread) {
  RawServer server(answering({"x"}));
  auto engine = std::make_unique<Engine>();
  auto provider = std::make_unique<Provider>(provider_for(server, *engine));
  std::promise<void> done;
  provider->async_chat("Hi").then([&](Result<Response> result) {
    EXPECT_TRUE(result);
    provider.reset();
    engine.reset();
    done.set_value();
  });
  EXPECT_EQ(done.get_future().wait_for(20s), std::future_status::ready);
}

TEST(Engine, MayDieInTheFunctionOfATool) {
  RawServer server([](RawConnection& connection, int) {
    while (!connection.read_request().empty()) connection.write(http_answer(tool_call_answer("stop")));
  });
  auto engine = std::make_unique<Engine>();
  std::promise<std::optional<ErrorKind>> ended;
  const Tool stop = tool("stop", "Ends the engine", R"({"type":"object"})", [&](const Json&) { engine.reset(); });
  provider_for(server, *engine).async_chat("Hi", Options().tools(stop)).then([&](Result<Response> result) {
    ended.set_value(result ? std::nullopt : std::optional(result.error().kind()));
  });
  std::future<std::optional<ErrorKind>> kind = ended.get_future();
  ASSERT_EQ(kind.wait_for(20s), std::future_status::ready);
  EXPECT_EQ(kind.get(), ErrorKind::cancelled);
}

TEST(Engine, TheSharedOneLivesAsLongAsItsCalls) {
  RawServer server(answering({"x"}));
  std::promise<Result<Response>> promise;
  // The provider is gone before the call begins.
  create_provider(ModelConfig("m-1", providers::openai).base_url(server.url("/v1")).api_key("k"))
      .async_chat("Hi")
      .then([&](Result<Response> result) { promise.set_value(std::move(result)); });
  const Result<Response> result = promise.get_future().get();
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "x");
}

TEST(Engine, ContinuationsMayStartCallsWhileItGoesDown) {
  Arrivals arrivals;
  RawServer server(arrivals.handler());
  std::atomic<int> ended = 0;
  std::function<void(Result<Response>)> again;
  {
    Engine engine;
    const Provider provider = provider_for(server, engine);
    again = [&, provider](Result<Response> result) {
      EXPECT_EQ(result.error().kind(), ErrorKind::cancelled);
      if (++ended < 10) provider.async_chat("Hi").then(again);
    };
    provider.async_chat("Hi").then(again);
    arrivals.wait_for(1);
  }
  EXPECT_EQ(ended, 10);
}

TEST(Engine, CallsFromManyThreadsWhileItGoesDown) {
  for (int round = 0; round < 20; ++round) {
    RawServer server(answering({"x"}));
    auto engine = std::make_unique<Engine>();
    const Provider provider = provider_for(server, *engine);
    const std::vector<std::function<Result<Response>()>> ways = {
        [&] { return provider.try_chat("Hi"); },
        [&] { return provider.stream("Hi").try_collect(); },
        [&] { return provider.stream("Hi").async_collect().get_result(); },
        [&] { return provider.stream("Hi").for_each([](const Chunk&) {}).get_result(); },
    };
    std::latch ready(static_cast<std::ptrdiff_t>(ways.size()) + 1);
    std::vector<std::thread> threads;
    for (const auto& ask : ways) {
      threads.emplace_back([&] {
        ready.arrive_and_wait();
        for (int i = 0; i < 20; ++i) {
          const Result<Response> result = ask();
          EXPECT_TRUE(result || result.error().kind() == ErrorKind::cancelled) << result.error().what();
        }
      });
    }
    ready.arrive_and_wait();
    engine.reset();
    for (std::thread& thread : threads) thread.join();
  }
}

/// A reader that does something when it is copied: what the engine's thread may do at any time happens then.
struct ActsWhenCopied {
  explicit ActsWhenCopied(std::function<void()>& a) : act(&a) {}
  ActsWhenCopied(const ActsWhenCopied& other) : act(other.act) {
    if (const std::function<void()> now = std::exchange(*act, nullptr)) now();
  }
  ActsWhenCopied& operator=(const ActsWhenCopied&) = delete;
  void operator()(const Chunk&) const {}

  std::function<void()>* act;
};

TEST(Streams, WhoseEngineClosesWhileTheyAreHandedOverEndOnce) {
  VirtualScheduler scheduler;
  auto engine = std::make_unique<Engine>(EngineOptions().scheduler(scheduler).transport([](Scheduler& s) {
    return std::make_unique<ScriptedTransport>(s, [](const HttpRequest&) { return Script(); });
  }));
  const Provider provider =
      create_provider(ModelConfig("m-1", providers::openai).api_key("k"), ProviderOptions().engine(*engine));
  // What making it has left to do.
  scheduler.run();
  std::function<void()> act;
  Async<Response> call = provider.stream("Hi").for_each(ActsWhenCopied(act));
  engine.reset();
  bool acted = false;
  // The call has been posted, its reader has not.
  act = [&] { acted = scheduler.step(); };
  std::vector<ErrorKind> ends;
  std::move(call).then([&](Result<Response> result) { ends.push_back(result.error().kind()); });
  EXPECT_TRUE(acted);
  scheduler.run();
  EXPECT_EQ(ends, std::vector{ErrorKind::cancelled});
}

Coroutine waits_for_chat(const Provider& provider, std::atomic<bool>& went_on) {
  (void)co_await provider.async_chat("Hi").as_result();
  went_on = true;
}

Coroutine waits_for_chunk(const Provider& provider, std::atomic<bool>& went_on) {
  Stream stream = provider.stream("Hi");
  (void)co_await stream.next();
  went_on = true;
}

TEST(Streams, LetGoOfTheRequestOnceTheyHaveBegun) {
  RawServer server([](RawConnection& connection, int) {
    // Without keeping it: the server lives in the same memory.
    std::string head;
    while (head.find("\r\n\r\n") == head.npos) head += connection.read_some();
    constexpr std::string_view name = "Content-Length: ";
    const std::size_t body = std::stoul(head.substr(head.find(name) + name.size()));
    std::size_t left = body - (head.size() - head.find("\r\n\r\n") - 4);
    for (std::size_t got = 1; left > 0 && got > 0; left -= got) got = connection.read_some().size();
    connection.write(stream_head() + http_chunk(chunk_event(" word")));
    connection.wait_for_close();
  });
  Engine engine;
  const Provider provider = provider_for(server, engine);
  // So large that the C library gives and takes back each piece by itself, and counts it.
  constexpr std::size_t size = std::size_t{40} << 20;
  Stream stream = provider.stream(Messages().user(std::string(size, 'q')));
  ASSERT_EQ(stream.begin()->content(), " word");
  EXPECT_LT(mallinfo2().hblkhd, size * 3 / 2) << "the messages are kept, and the body that was made of them is not";
}

TEST(Coroutines, DestroyedWhileSuspendedCancelTheCallAndNeverGoOn) {
  for (const auto waits : {&waits_for_chat, &waits_for_chunk}) {
    std::promise<void> arrived;
    std::promise<void> closed;
    RawServer server([&](RawConnection& connection, int) {
      connection.read_request();
      arrived.set_value();
      connection.wait_for_close();
      closed.set_value();
    });
    std::atomic<bool> went_on = false;
    {
      Engine engine;
      const Provider provider = provider_for(server, engine);
      Coroutine coroutine = waits(provider, went_on);
      arrived.get_future().wait();
      coroutine.destroy();
      EXPECT_EQ(closed.get_future().wait_for(20s), std::future_status::ready);
    }
    // The engine's thread has ended, and with it everything that could go on.
    EXPECT_FALSE(went_on);
  }
}

/// Runs its tasks on the thread that calls `run`, like a user interface.
class EventLoop {
 public:
  Executor executor() {
    return [this](std::function<void()> task) {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
      changed_.notify_one();
    };
  }
  void run_one() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !tasks_.empty(); });
    const auto task = std::move(tasks_.front());
    tasks_.erase(tasks_.begin());
    lock.unlock();
    task();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::function<void()>> tasks_;
};

Coroutine waits_on(const Provider& provider, Executor executor, std::atomic<bool>& went_on) {
  (void)co_await provider.async_chat("Hi").on(std::move(executor)).as_result();
  went_on = true;
}

TEST(Coroutines, DestroyedBetweenTheAnswerAndTheirTurnNeverGoOn) {
  RawServer server(answering({"x"}));
  Engine engine;
  EventLoop loop;
  std::promise<void> posted;
  const Executor noting = [&, inner = loop.executor()](std::function<void()> task) {
    inner(std::move(task));
    posted.set_value();
  };
  std::atomic<bool> went_on = false;
  Coroutine coroutine = waits_on(provider_for(server, engine), noting, went_on);
  posted.get_future().wait();
  coroutine.destroy();
  loop.run_one();
  EXPECT_FALSE(went_on);
}

TEST(Conversation, KeepsItsHistoryValid) {
  std::atomic<int> turn = 0;
  RawServer server([&](RawConnection& connection, int) {
    std::string request;
    while (!(request = connection.read_request()).empty()) {
      const int now = turn++;
      if (now == 1) {
        connection.write(stream_head() + http_chunk(chunk_event("half an ans")));
        return;
      }
      if (now == 2) {
        connection.write(http_answer(R"({"error":{"message":"busy"}})", "application/json", 503));
        continue;
      }
      connection.write(asks_for_stream(request) ? whole_stream({"full"}) : http_answer(chat_answer("full")));
    }
  });
  Engine engine;
  Conversation conversation(provider_for(server, engine), ConversationConfig().system("s"));
  conversation.add_user_message("one");
  EXPECT_EQ(conversation.continue_chat().content(), "full");
  EXPECT_EQ(conversation.messages(), Messages().system("s").user("one").assistant("full"));

  conversation.add_user_message("two");
  const Result<Response> cut = conversation.stream_chat().try_collect();
  ASSERT_FALSE(cut);
  ASSERT_EQ(conversation.messages().size(), 5U);
  EXPECT_EQ(conversation.messages().back().content(), "half an ans");
  EXPECT_TRUE(conversation.messages().back().partial());

  conversation.add_user_message("three");
  EXPECT_FALSE(conversation.try_continue_chat());
  EXPECT_EQ(conversation.messages().size(), 6U) << "nothing arrived: as before, to be asked again";
  EXPECT_EQ(conversation.continue_chat().content(), "full");
  EXPECT_EQ(conversation.messages().back().content(), "full");

  conversation.clear();
  EXPECT_EQ(conversation.messages(), Messages().system("s"));
}

TEST(Conversation, OneTurnAtATime) {
  Arrivals arrivals;
  RawServer server(arrivals.handler());
  Engine engine;
  Conversation conversation(provider_for(server, engine));
  conversation.add_user_message("one");
  std::stop_source stop;
  std::promise<void> ended;
  conversation.async_continue_chat(Options().cancel_on(stop.get_token())).then([&](Result<Response>) {
    ended.set_value();
  });
  arrivals.wait_for(1);
  EXPECT_EQ(conversation.try_continue_chat().error().kind(), ErrorKind::conflict);
  EXPECT_EQ(conversation.stream_chat().try_collect().error().kind(), ErrorKind::conflict);
  EXPECT_THROW(conversation.add_user_message("two"), Error);
  EXPECT_THROW(conversation.clear(), Error);
  stop.request_stop();
  ended.get_future().wait();
  conversation.add_user_message("two");
  EXPECT_EQ(conversation.messages().size(), 2U);
}

TEST(Conversation, TurnsMayOutliveIt) {
  RawServer server(answering({"x"}));
  Engine engine;
  std::optional<Stream> stream;
  {
    Conversation conversation(provider_for(server, engine));
    conversation.add_user_message("one");
    stream.emplace(conversation.stream_chat());
  }
  EXPECT_EQ(stream->collect().content(), "x");
}

}  // namespace
}  // namespace antiphon::test
