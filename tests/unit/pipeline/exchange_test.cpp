// Timeouts, cancelling and back-pressure of one exchange, on a clock of the test's own.

#include "pipeline/exchange.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "support/scripted_transport.hpp"
#include "support/virtual_scheduler.hpp"

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;
using test::Script;

/// "." is a ping, anything else is content; "$" is the end mark.
class Consumer : public AnswerConsumer {
 public:
  void head(HttpHead head) override { status = head.status; }
  bool bytes(std::string_view piece) override {
    text += piece;
    if (piece != ".") ++content;
    return piece != "$";
  }
  std::size_t content_pieces() const override { return content; }
  bool full() const override { return is_full; }

  int status = 0;
  std::string text;
  std::size_t content = 0;
  bool is_full = false;
};

class ExchangeTest : public testing::Test {
 protected:
  /// Runs until nothing happens any more.
  void run(const Script& script, Timeouts timeouts = Timeouts()) {
    start(script, std::move(timeouts));
    scheduler.run();
  }

  void start(const Script& script, Timeouts timeouts = Timeouts()) {
    transport.emplace(scheduler, [script](const HttpRequest&) { return script; });
    exchange.emplace(scheduler, *transport, cancel, decide_timeouts(timeouts, Timeouts()), consumer);
    started = scheduler.steady_now();
    std::function<void(std::optional<Error>)> done = [this](std::optional<Error> e) {
      ended = true;
      error = std::move(e);
      took = scheduler.steady_now() - started;
    };
    spawn(exchange->run(HttpRequest(), started), done);
  }

  void expect_timeout(const char* name, std::chrono::nanoseconds after) {
    ASSERT_TRUE(ended);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::timeout);
    EXPECT_EQ(error->where(), std::string("timeouts.") + name);
    EXPECT_EQ(took, after);
    EXPECT_TRUE(scheduler.idle()) << "a timer was left behind";
  }

  test::VirtualScheduler scheduler;
  std::optional<test::ScriptedTransport> transport;
  CancelScope cancel;
  Consumer consumer;
  std::optional<Exchange> exchange;
  std::chrono::steady_clock::time_point started;
  bool ended = false;
  std::optional<Error> error;
  std::chrono::nanoseconds took{};
};

TEST_F(ExchangeTest, AWholeAnswer) {
  run(Script().connect(1ms).head(200).bytes("a").bytes("b").end());
  EXPECT_TRUE(ended);
  EXPECT_FALSE(error);
  EXPECT_EQ(consumer.status, 200);
  EXPECT_EQ(consumer.text, "ab");
  EXPECT_TRUE(scheduler.idle()) << "a timer was left behind";
}

TEST_F(ExchangeTest, ConnectTimeout) {
  run(Script().connect(11s).head(200).end());
  expect_timeout("connect", 10s);
}

TEST_F(ExchangeTest, FirstContentTimeoutIsNotResetByPings) {
  run(Script().connect().head(200).bytes(".", 2s).bytes(".", 2s).bytes("late", 2s).end(), Timeouts().first_content(5s));
  expect_timeout("first_content", 5s);
}

TEST_F(ExchangeTest, IdleTimeoutIsResetByPings) {
  run(Script().connect().head(200).bytes(".", 4s).bytes(".", 4s).bytes("x", 4s).bytes("y", 6s).end(),
      Timeouts().idle(5s));
  expect_timeout("idle", 17s);
  EXPECT_EQ(consumer.text, "..x");
}

TEST_F(ExchangeTest, ConnectingIsNotIdling) {
  run(Script().connect(8s).head(200, {}, 4s).end(1s), Timeouts().idle(5s));
  EXPECT_FALSE(error) << error->what();
}

TEST_F(ExchangeTest, BetweenChunksTimeoutIsNotResetByPings) {
  run(Script().connect().head(200).bytes("x", 9s).bytes(".", 2s).bytes(".", 2s).bytes("y", 2s).end(),
      Timeouts().between_chunks(5s));
  expect_timeout("between_chunks", 14s);
}

TEST_F(ExchangeTest, TotalTimeout) {
  run(Script().connect().head(200).bytes("x", 3s).bytes("x", 3s).bytes("x", 3s).bytes("x", 3s).end(),
      Timeouts().total(10s));
  expect_timeout("total", 10s);
}

TEST_F(ExchangeTest, AllSwitchedOffWaitForEver) {
  constexpr auto off = Timeouts::off();
  run(Script().connect(100h).head(200).bytes("x", 100h).bytes("x", 100h).end(100h),
      Timeouts().connect(off).idle(off).total(off).first_content(off).between_chunks(off));
  EXPECT_TRUE(ended);
  EXPECT_FALSE(error);
}

TEST_F(ExchangeTest, ASlowReaderIsNotATimeout) {
  consumer.is_full = true;
  start(Script().connect().head(200).bytes("x").bytes("y").end(), Timeouts().idle(5s).between_chunks(5s).total(1h));
  scheduler.run_for(30min);
  EXPECT_FALSE(ended);
  EXPECT_EQ(consumer.text, "x");
  consumer.is_full = false;
  exchange->resume();
  exchange->resume();
  scheduler.run_for(1s);
  EXPECT_TRUE(ended);
  EXPECT_FALSE(error);
  EXPECT_EQ(consumer.text, "xy");
}

TEST_F(ExchangeTest, ASlowReaderCountsInTotal) {
  consumer.is_full = true;
  run(Script().connect().head(200).bytes("x").bytes("y").end(), Timeouts().total(1h));
  expect_timeout("total", 1h);
}

TEST_F(ExchangeTest, CancelEndsItAtOnce) {
  start(Script().connect().head(200).bytes("x"));
  scheduler.run_for(1s);
  cancel.cancel(Error(ErrorKind::cancelled, "enough"));
  EXPECT_FALSE(ended) << "never from inside cancel";
  scheduler.run();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::cancelled);
  EXPECT_EQ(error->message(), "enough");
  EXPECT_EQ(took, 1s);
  EXPECT_TRUE(scheduler.idle());
}

TEST_F(ExchangeTest, ACancelledCallSendsNothing) {
  cancel.cancel(Error(ErrorKind::cancelled, "before"));
  run(Script().connect().head(200).bytes("x").end());
  ASSERT_TRUE(error);
  EXPECT_EQ(consumer.status, 0);
}

TEST_F(ExchangeTest, TheTransportsErrorIsGivenOn) {
  run(Script().connect().head(200).bytes("x").fail(Error(ErrorKind::connection, "lost")));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::connection);
  EXPECT_EQ(consumer.text, "x");
}

TEST_F(ExchangeTest, AfterTheEndMarkNothingCanGoWrong) {
  run(Script().connect().head(200).bytes("x").bytes("$").bytes("junk").fail(Error(ErrorKind::connection, "lost"), 1ms));
  EXPECT_TRUE(ended);
  EXPECT_FALSE(error);
  EXPECT_EQ(consumer.text, "x$");
}

TEST_F(ExchangeTest, ABodyWithoutEndIsNotWaitedFor) {
  run(Script().connect().head(200).bytes("x").bytes("$"));
  EXPECT_TRUE(ended);
  EXPECT_FALSE(error);
  EXPECT_EQ(took, 50ms);
}

}  // namespace
}  // namespace antiphon::pipeline
