// Requests of an engine's own: whole answers, bounded in time and size, cancelled from outside.

#include "pipeline/http_fetcher.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "support/scripted_transport.hpp"
#include "support/virtual_scheduler.hpp"

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;
using test::Script;

class HttpFetcherTest : public testing::Test {
 protected:
  void fetch(const Script& script, std::chrono::nanoseconds within = 10s) {
    transport.emplace(scheduler, [this, script](const HttpRequest& request) {
      sent.push_back(request.url);
      if (throwing) throw std::runtime_error("no sockets left");
      return script;
    });
    fetcher.emplace(scheduler, *transport, [this](CancelScope& scope) {
      cancel = &scope;
      ++held;
      return std::shared_ptr<void>(nullptr, [this](void*) { --held; });
    });
    HttpRequest request;
    request.url = "https://example.com/token";
    started = scheduler.steady_now();
    const int before = calls;
    fetcher->fetch(std::move(request), within, [this](Result<HttpResponse> got) {
      EXPECT_EQ(held, 1) << "let go too early";
      answer = std::move(got);
      took = scheduler.steady_now() - started;
      ++calls;
    });
    EXPECT_EQ(calls, before) << "never from inside";
    EXPECT_EQ(held, 1);
  }
  Error failure(const Script& script, std::chrono::nanoseconds within = 10s) {
    calls = 0;
    fetch(script, within);
    scheduler.run();
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(held, 0);
    EXPECT_TRUE(answer && !*answer);
    EXPECT_TRUE(scheduler.idle()) << "a timer was left behind";
    return answer && !*answer ? answer->error() : Error(ErrorKind::internal, "no error");
  }

  test::VirtualScheduler scheduler;
  std::optional<test::ScriptedTransport> transport;
  std::optional<HttpFetcher> fetcher;
  std::vector<std::string> sent;
  bool throwing = false;
  CancelScope* cancel = nullptr;
  int held = 0;
  int calls = 0;
  std::chrono::steady_clock::time_point started;
  std::chrono::nanoseconds took{};
  std::optional<Result<HttpResponse>> answer;
};

TEST_F(HttpFetcherTest, AWholeAnswerWhateverItsStatus) {
  for (const int status : {200, 404, 500}) {
    fetch(Script().connect(1s).head(status, {{"x-name", "value"}}).bytes("one ", 1s).bytes("two").end());
    scheduler.run();
    ASSERT_TRUE(answer && *answer);
    EXPECT_EQ((*answer)->status, status);
    EXPECT_EQ((*answer)->headers.get("x-name"), "value");
    EXPECT_EQ((*answer)->body, "one two");
    EXPECT_EQ(held, 0);
    EXPECT_TRUE(scheduler.idle()) << "a timer was left behind";
  }
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(sent.front(), "https://example.com/token");
}

TEST_F(HttpFetcherTest, ItTakesNoLongerThanItMay) {
  EXPECT_EQ(failure(Script(), 3s).kind(), ErrorKind::timeout) << "no connection";
  EXPECT_EQ(took, 3s);
  EXPECT_EQ(failure(Script().connect().head(200).bytes("x", 2s).bytes("x", 2s).bytes("x", 2s).end(), 5s).kind(),
            ErrorKind::timeout);
  EXPECT_EQ(took, 5s);
}

TEST_F(HttpFetcherTest, AnAnswerThatIsTooLarge) {
  const std::string most(1 << 20, 'x');
  fetch(Script().connect().head(200).bytes(most).end());
  scheduler.run();
  EXPECT_TRUE(answer && *answer);
  const Error error = failure(Script().connect().head(200).bytes(most).bytes("x").bytes(most));
  EXPECT_EQ(error.kind(), ErrorKind::response_too_large);
  EXPECT_EQ(error.message(), "the answer is larger than 1048576 bytes");
}

TEST_F(HttpFetcherTest, WhatTheTransportSays) {
  EXPECT_EQ(failure(Script().fail(Error(ErrorKind::tls, "bad certificate"))).kind(), ErrorKind::tls);
  throwing = true;
  const Error error = failure(Script());
  EXPECT_EQ(error.kind(), ErrorKind::internal);
  EXPECT_EQ(error.message(), "the transport threw: no sockets left");
}

TEST_F(HttpFetcherTest, CancelledFromOutside) {
  fetch(Script().connect());
  scheduler.run_for(1s);
  cancel->cancel(Error(ErrorKind::cancelled, "the engine was shut down"));
  EXPECT_EQ(calls, 0) << "never from inside";
  scheduler.run();
  ASSERT_EQ(calls, 1);
  EXPECT_EQ(answer->error().message(), "the engine was shut down");
  EXPECT_EQ(took, 1s);
  EXPECT_EQ(held, 0);
}

TEST_F(HttpFetcherTest, CancelledBeforeItStarts) {
  fetch(Script().connect());
  cancel->cancel(Error(ErrorKind::cancelled, "the engine was shut down"));
  scheduler.run();
  ASSERT_EQ(calls, 1);
  EXPECT_EQ(answer->error().kind(), ErrorKind::cancelled);
  EXPECT_TRUE(sent.empty());
}

}  // namespace
}  // namespace antiphon::pipeline
