// Callbacks and loggers: once per call, in order, and never in the way.

#include <gtest/gtest.h>
#include <pthread.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include <antiphon/antiphon.hpp>

#include "integration/one_attempt.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

TEST(Callbacks, OncePerCallInOrderBeforeItReturns) {
  RawServer server(answering({"x"}));
  std::string events;
  const auto set = [&](const char* name) {
    return Callbacks()
        .on_request([&events, name](const Request& request) {
          events += std::string(name) + "q" + (request.stream() ? "s" : "");
          EXPECT_EQ(request.messages()[0].content(), "Hi");
        })
        .on_response([&events, name](const Request&, const Response& response) {
          events += std::string(name) + "r";
          EXPECT_EQ(response.content(), "x");
          EXPECT_EQ(response.attempts().size(), 1U);
        })
        .on_error([&events, name](const Request&, const Error&) { events += std::string(name) + "e"; });
  };
  const Provider provider =
      create_provider(config_for(server.url("/v1")), ProviderOptions().callbacks(set("1")).callbacks(set("2")));
  provider.chat("Hi");
  EXPECT_EQ(events, "1q2q1r2r");
  events.clear();
  provider.stream("Hi").collect();
  EXPECT_EQ(events, "1qs2qs1r2r");
  events.clear();
  EXPECT_FALSE(provider.try_chat("Hi", Options().temperature(-1)));
  EXPECT_EQ(events, "1q2q1e2e");
}

TEST(Callbacks, OneThatThrowsOrDawdlesIsAWarning) {
  RawServer server(answering({"x"}));
  Callbacks callbacks;
  callbacks.on_request([](const Request&) { throw std::runtime_error("mine"); });
  callbacks.on_response([](const Request&, const Response&) {
    const auto until = std::chrono::steady_clock::now() + 12ms;
    while (std::chrono::steady_clock::now() < until) {
    }
  });
  const Response response =
      create_provider(config_for(server.url("/v1")), ProviderOptions().callbacks(callbacks)).chat("Hi");
  EXPECT_EQ(response.content(), "x");
  ASSERT_EQ(response.warnings().size(), 2U);
  EXPECT_EQ(response.warnings()[0].where(), "callbacks.on_request");
  EXPECT_NE(response.warnings()[0].message().find("mine"), std::string::npos);
  EXPECT_EQ(response.warnings()[1].where(), "callbacks.on_response");
}

class RecordingLogger : public Logger {
 public:
  void log(const LogRecord& record) override {
    std::unique_lock lock(mutex_);
    std::string line = record.event();
    for (const auto& [name, value] : record.fields()) line += " " + name + "=" + value;
    lines_.push_back(line);
    changed_.notify_all();
    open_.wait(lock, [this] { return !closed_; });
  }
  void lost(std::size_t count) override {
    const std::lock_guard lock(mutex_);
    lost_ += count;
    changed_.notify_all();
  }
  void close() { closed_ = true; }
  void open() {
    const std::lock_guard lock(mutex_);
    closed_ = false;
    open_.notify_all();
  }
  template <class Condition>
  void wait(Condition condition) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return condition(lines_, lost_); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable open_;
  std::vector<std::string> lines_;
  std::size_t lost_ = 0;
  bool closed_ = false;
};

TEST(Logger, GetsTheEventsOfACallWithoutSecretsOrContents) {
  RawServer server(answering({"secret answer"}));
  const auto logger = std::make_shared<RecordingLogger>();
  const Provider provider = create_provider(config_for(server.url("/v1")), ProviderOptions().logger(logger));
  provider.chat("secret question");
  EXPECT_FALSE(provider.try_chat("secret question", Options().temperature(-1)));
  logger->wait([](const std::vector<std::string>& lines, std::size_t) {
    if (lines.size() < 6) return false;
    EXPECT_TRUE(lines[0].starts_with("call.start")) << lines[0];
    EXPECT_TRUE(lines[1].starts_with("attempt.start provider=openai/m-1")) << lines[1];
    EXPECT_TRUE(lines[2].starts_with("attempt.end provider=openai/m-1 status=200")) << lines[2];
    EXPECT_TRUE(lines[3].starts_with("call.end attempts=1")) << lines[3];
    EXPECT_NE(lines[3].find("output_tokens=3"), std::string::npos) << lines[3];
    EXPECT_TRUE(lines[4].starts_with("call.start"));
    EXPECT_NE(lines[5].find("error=invalid_request place=temperature"), std::string::npos) << lines[5];
    for (const std::string& line : lines) {
      EXPECT_EQ(line.find("sk-planted-key"), std::string::npos);
      EXPECT_EQ(line.find("secret"), std::string::npos);
    }
    return true;
  });
}

TEST(Logger, ASlowOneLosesEventsAndDelaysNobody) {
  RawServer server(answering({"x"}));
  const auto logger = std::make_shared<RecordingLogger>();
  logger->close();
  const Provider provider = create_provider(config_for(server.url("/v1")), ProviderOptions().logger(logger));
  // Four events each: more than the queue holds twice, once handed over and once waiting.
  for (int i = 0; i < 600; ++i) EXPECT_EQ(provider.chat("Hi").content(), "x");
  logger->open();
  logger->wait(
      [](const std::vector<std::string>& lines, std::size_t lost) { return lost > 0 && lines.size() + lost == 2400; });
}

TEST(Logger, ASlowOneDoesNotHoldTheEnginesThreadWhenItsProviderGoesThere) {
  std::promise<void> answer;
  RawServer server([go = answer.get_future().share()](RawConnection& connection, int) {
    while (!connection.read_request().empty()) {
      go.wait();
      connection.write(http_answer(chat_answer("x")));
    }
  });
  const Engine engine;
  const auto logger = std::make_shared<RecordingLogger>();
  logger->close();
  std::promise<void> ended;
  create_provider(config_for(server.url("/v1")), ProviderOptions().engine(engine).logger(logger))
      .async_chat("Hi")
      .then([&](Result<Response>) { ended.set_value(); });
  // Only now, when nobody but the call has the provider.
  answer.set_value();
  ended.get_future().wait();
  std::promise<Result<Response>> promise;
  create_provider(config_for(server.url("/v1")), ProviderOptions().engine(engine))
      .async_chat("Hi")
      .then([&](Result<Response> result) { promise.set_value(std::move(result)); });
  std::future<Result<Response>> other = promise.get_future();
  EXPECT_EQ(other.wait_for(20s), std::future_status::ready);
  logger->open();
  EXPECT_TRUE(other.get());
  logger->wait([](const std::vector<std::string>& lines, std::size_t) { return lines.size() == 4; });
}

/// No thread can be started for as long as this lives: its stack would be larger than what there is of addresses.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t huge;
    pthread_attr_init(&huge);
    pthread_attr_setstacksize(&huge, std::size_t{1} << 50);
    pthread_setattr_default_np(&huge);
    pthread_attr_destroy(&huge);
  }
  ~NoThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_{};
};

TEST(Logger, WithoutAThreadLosesEventsUntilItGetsOne) {
  RawServer server(answering({"x"}));
  const Engine engine;
  // What needs threads is there then: the engine, and the server's for this connection.
  create_provider(config_for(server.url("/v1")), ProviderOptions().engine(engine)).chat("Hi");
  const auto logger = std::make_shared<RecordingLogger>();
  const Provider provider =
      create_provider(config_for(server.url("/v1")), ProviderOptions().engine(engine).logger(logger));
  {
    const NoThreads none;
    EXPECT_THROW(std::thread([] {}).join(), std::system_error);
    EXPECT_EQ(provider.chat("Hi").content(), "x");
  }
  EXPECT_EQ(provider.chat("Hi").content(), "x");
  logger->wait([](const std::vector<std::string>& lines, std::size_t lost) { return lost == 4 && lines.size() == 4; });
}

TEST(Logger, HearsWhatAContinuationThrew) {
  RawServer server(answering({"x"}));
  const auto logger = std::make_shared<RecordingLogger>();
  create_provider(config_for(server.url("/v1")), ProviderOptions().logger(logger))
      .async_chat("Hi")
      .then([](Result<Response>) { throw std::runtime_error("mine"); });
  logger->wait([](const std::vector<std::string>& lines, std::size_t) {
    return !lines.empty() && lines.back() == "callback.threw provider=openai/m-1 what=mine";
  });
}

}  // namespace
}  // namespace antiphon::test
