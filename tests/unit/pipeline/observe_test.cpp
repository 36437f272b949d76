// What callbacks and loggers hear, and what stands on the outcome.

#include "pipeline/observe.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

/// Notes what it hears with a name.
class Listener {
 public:
  Callbacks callbacks(const std::string& name) {
    return Callbacks()
        .on_request([this, name](const Request&) { heard.push_back(name + ":request"); })
        .on_response([this, name](const Request&, const Response& response) {
          heard.push_back(name + ":response " + std::to_string(response.attempts().size()));
        })
        .on_error([this, name](const Request&, const Error& error) {
          heard.push_back(name + ":" + std::string(to_string(error.kind())) + " " +
                          std::to_string(error.attempts().size()));
        });
  }
  std::vector<std::string> heard;
};

/// Keeps events on the engine's thread, in the place of the queue before loggers.
class Events : public pipeline::LogSink {
 public:
  void log(LogRecord record) override { records.push_back(std::move(record)); }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const LogRecord& record : records) all.push_back(record.event());
    return all;
  }
  std::string field(const std::string& event, const std::string& name) const {
    for (const LogRecord& record : records) {
      if (record.event() != event) continue;
      for (const auto& [field, value] : record.fields()) {
        if (field == name) return value;
      }
    }
    return "none";
  }
  std::vector<LogRecord> records;
};

Provider logged(const Provider& provider, const std::shared_ptr<Events>& events) {
  auto core = std::make_shared<detail::ProviderCore>(*provider.core());
  core->settings.observers.log = events;
  return Provider(std::move(core));
}

class ObserveTest : public testing::Test {
 protected:
  Provider heard_by(const std::string& host, const std::string& name) {
    return engine.provider(engine.config(host), ProviderOptions().callbacks(listener.callbacks(name)));
  }

  VirtualEngine engine;
  Listener listener;
};

TEST_F(ObserveTest, OncePerCallHoweverDeepTheRestGoes) {
  engine.serve("a", {refusing(500), good("x"), refusing(400)});
  const Provider provider = heard_by("a", "*");
  engine.run_chat(provider);
  engine.run_chat(provider);
  EXPECT_EQ(listener.heard,
            (std::vector<std::string>{"*:request", "*:response 2", "*:request", "*:invalid_request 1"}));
}

TEST_F(ObserveTest, KeysOfTheQueryAreInNoLog) {
  engine.serve("a", {good("x")});
  const auto events = std::make_shared<Events>();
  const ModelConfig config = engine.config("a").query("key", "planted").query("alt", "sse");
  engine.run_chat(logged(engine.provider(config), events));
  EXPECT_EQ(events->field("attempt.start", "url"), "http://a/v1/chat/completions?key=***&alt=sse");
}

TEST_F(ObserveTest, ALinksCallbacksHearTheCallsToIt) {
  engine.serve("a", {refusing(404)});
  engine.serve("b", {good("x")});
  const FallbackProvider both(FallbackConfig().link(heard_by("a", "a")).link(heard_by("b", "b")),
                              ProviderOptions().engine(*engine.engine).callbacks(listener.callbacks("*")));
  engine.run_chat(both);
  EXPECT_EQ(listener.heard, (std::vector<std::string>{"*:request", "a:request", "a:not_found 1", "b:request",
                                                      "b:response 1", "*:response 2"}));
}

/// Asks something else.
class Shouting : public Layer {
 public:
  void handle(Request request, std::shared_ptr<Next> next, Done done) override {
    next->call(Request("HI!", request.options(), request.stream()), std::move(done));
  }
};

TEST_F(ObserveTest, ALinksCallbacksSeeWhatTheLinkIsAsked) {
  engine.serve("a", {refusing(404)});
  engine.serve("b", {good("x")});
  std::vector<std::string> seen;
  const auto watcher = [&seen](const std::string& name) {
    const auto note = [&seen, name](const Request& request) {
      const auto temperature = request.options().temperature();
      seen.push_back(name + ":" + request.messages()[0].content() + (temperature ? " warm" : ""));
    };
    return Callbacks()
        .on_request(note)
        .on_response([note](const Request& request, const Response&) { note(request); })
        .on_error([note](const Request& request, const Error&) { note(request); });
  };
  const Provider warm =
      engine.provider(engine.config("a").options(Options().temperature(1)), ProviderOptions().callbacks(watcher("a")));
  const Provider plain = engine.provider(engine.config("b"), ProviderOptions().callbacks(watcher("b")));
  ProviderOptions handle = ProviderOptions().engine(*engine.engine).callbacks(watcher("*"));
  handle.layer(std::make_shared<Shouting>());
  engine.run_chat(FallbackProvider(FallbackConfig().link(warm).link(plain), handle));
  EXPECT_EQ(seen, (std::vector<std::string>{"*:Hi", "a:HI! warm", "a:HI! warm", "b:HI!", "b:HI!", "*:Hi"}));
}

TEST_F(ObserveTest, SideBySideEachHearsOfItsOwnAttempts) {
  engine.serve("a", {good("x", 9s)});
  engine.serve("b", {refusing(500, {{"retry-after", "1"}}), refusing(500, {{"retry-after", "1"}}), good("x")});
  const FallbackProvider both(
      FallbackConfig().link(heard_by("a", "a")).link(heard_by("b", "b")).hedge(HedgeConfig().delay(1s)));
  engine.run_chat(both);
  EXPECT_EQ(listener.heard, (std::vector<std::string>{"a:request", "b:request", "b:response 3", "a:cancelled 1"}));
}

TEST_F(ObserveTest, AThrowingCallbackIsAWarningAndBreaksNothing) {
  engine.serve("a", {good("x"), good("x"), refusing(400)});
  const auto throwing = Callbacks()
                            .on_request([](const Request&) { throw std::runtime_error("oops"); })
                            .on_response([](const Request&, const Response&) { throw 7; })
                            .on_error([](const Request&, const Error&) { throw std::runtime_error("again"); });
  const Provider provider = engine.provider(engine.config("a"), ProviderOptions().callbacks(throwing));
  for (int i = 0; i < 2; ++i) {
    const auto call = engine.run_chat(provider);
    ASSERT_TRUE(*call->result);
    ASSERT_EQ(call->warnings().size(), 2U);
    EXPECT_EQ(call->warnings()[0].where(), "callbacks.on_request");
    EXPECT_NE(call->warnings()[0].message().find("oops"), std::string::npos);
    EXPECT_EQ(call->warnings()[1].where(), "callbacks.on_response");
  }
  const auto failed = engine.run_chat(provider);
  EXPECT_EQ(failed->error().kind(), ErrorKind::invalid_request);
  ASSERT_EQ(failed->warnings().size(), 2U);
  EXPECT_EQ(failed->warnings()[1].where(), "callbacks.on_error");
}

TEST_F(ObserveTest, ASlowOneIsNamed) {
  engine.serve("a", {good("x")});
  const auto slow =
      Callbacks().on_request([&](const Request&) { engine.scheduler.set_now(engine.scheduler.steady_now() + 11ms); });
  const auto call = engine.run_chat(engine.provider(engine.config("a"), ProviderOptions().callbacks(slow)));
  ASSERT_EQ(call->warnings().size(), 1U);
  EXPECT_EQ(call->warnings()[0].where(), "callbacks.on_request");
  EXPECT_NE(call->warnings()[0].message().find("11 ms"), std::string::npos);
}

TEST_F(ObserveTest, TheOutcomeHasItsTimes) {
  engine.serve("a", {Script()
                         .connect()
                         .head(200, {{"content-type", "text/event-stream"}})
                         .bytes(": ping\n\n", 1s)
                         .bytes(chunk_event("x"), 2s)
                         .bytes(finish_events(), 4s)
                         .end()});
  const auto call = engine.run_stream(engine.provider("a"));
  EXPECT_EQ(call->response().duration(), 7s);
  EXPECT_EQ(call->response().first_content_after(), 3s);
  engine.serve("a", {cut_behind(chunk_event("x"))});
  const auto cut = engine.run_stream(engine.provider("a"));
  EXPECT_EQ(cut->error().partial()->first_content_after(), 0s);
  EXPECT_EQ(cut->error().partial()->attempts().size(), 1U);
}

TEST_F(ObserveTest, TheSameWarningIsSaidOnce) {
  engine.serve("a", {cut_behind(chunk_event("Once ")), streaming(stream_of({"upon"}))});
  const auto call =
      engine.run_stream(engine.provider("a"), Options().parallel_tool_calls(true).continue_with(Continuation::same));
  std::vector<std::string> places;
  for (const Warning& warning : call->warnings()) places.push_back(warning.where());
  EXPECT_EQ(places, (std::vector<std::string>{"continue_with", "parallel_tool_calls"}));
}

TEST_F(ObserveTest, EventsOfACall) {
  engine.serve("a", {refusing(503, {{"retry-after", "2"}}), good("x")});
  const auto events = std::make_shared<Events>();
  engine.run_chat(logged(engine.provider("a"), events));
  EXPECT_EQ(events->names(), (std::vector<std::string>{"call.start", "attempt.start", "attempt.end", "retry.wait",
                                                       "attempt.start", "attempt.end", "call.end"}));
  EXPECT_EQ(events->field("retry.wait", "wait_ms"), "2000");
  EXPECT_EQ(events->field("retry.wait", "error"), "overloaded");
  EXPECT_EQ(events->field("retry.wait", "provider"), "openai/m-1");
  EXPECT_EQ(events->field("attempt.start", "url"), "http://a/v1/chat/completions");
  EXPECT_EQ(events->field("call.end", "attempts"), "2");
  EXPECT_EQ(events->field("call.end", "duration_ms"), "2000");
}

TEST_F(ObserveTest, EventsOfAFailure) {
  engine.serve("a", {refusing(400)});
  const auto events = std::make_shared<Events>();
  engine.run_chat(logged(engine.provider("a"), events));
  EXPECT_EQ(events->records.back().level(), LogLevel::error);
  EXPECT_EQ(events->field("call.end", "error"), "invalid_request");
}

TEST_F(ObserveTest, EventsOfWaits) {
  engine.serve("a", {good("x", 1s)});
  const auto events = std::make_shared<Events>();
  const Provider provider = logged(engine.provider(engine.config("a").limits(Limits().max_concurrent(1))), events);
  engine.chat(provider);
  engine.chat(provider);
  engine.scheduler.run();
  EXPECT_EQ(events->field("limit.wait", "waiting"), "0");
  EXPECT_EQ(events->field("limit.wait", "held_by"), "limits");
}

TEST_F(ObserveTest, WhatComesAfterAPauseIsNoLimitOfTheUsers) {
  engine.serve("a", {good("x", 1s)});
  const auto held_by = [&](std::chrono::nanoseconds later) {
    const auto events = std::make_shared<Events>();
    const Provider provider = logged(engine.provider("a"), events);
    VirtualEngine::endpoint(provider).close_gate(engine.scheduler, 5s);
    engine.scheduler.run_for(later);
    engine.chat(provider);
    engine.chat(provider);
    engine.scheduler.run();
    return events->field("limit.wait", "held_by");
  };
  EXPECT_EQ(held_by(1s), "pause");
  EXPECT_EQ(held_by(5s), "pause") << "one may pass, and the other stands behind it";
}

TEST_F(ObserveTest, EventsOfARetryThatTheBudgetRefuses) {
  engine.serve("a", {refusing(500)});
  const auto events = std::make_shared<Events>();
  const Provider provider = logged(engine.provider("a"), events);
  for (int i = 0; i < 20; ++i) engine.run_chat(provider);
  EXPECT_EQ(events->field("retry.over_budget", "error"), "server_error");
  EXPECT_EQ(events->field("retry.over_budget", "provider"), "openai/m-1");
}

TEST_F(ObserveTest, EventsOfFallbackAndHedge) {
  engine.serve("a", {Script().connect().head(500, {}, 2s).end()});
  engine.serve("b", {good("x", 5s)});
  const auto events = std::make_shared<Events>();
  const auto once = [&](const std::string& host, const std::string& model) {
    return engine.provider(engine.config(host, model).retry_config(RetryConfig().max_attempts(1)));
  };
  FallbackConfig config;
  config.link(once("a", "first")).link(once("b", "second")).hedge(HedgeConfig().delay(1s));
  engine.run_chat(logged(FallbackProvider(config), events));
  EXPECT_EQ(events->names(), (std::vector<std::string>{"call.start", "attempt.start", "hedge.start", "attempt.start",
                                                       "attempt.end", "attempt.end", "fallback.leave", "call.end"}));
  EXPECT_EQ(events->field("hedge.start", "provider"), "openai/second");
  EXPECT_EQ(events->field("fallback.leave", "provider"), "openai/first");
  EXPECT_EQ(events->field("fallback.leave", "error"), "server_error");
  EXPECT_EQ(events->field("fallback.leave", "next"), "openai/second");
}

TEST_F(ObserveTest, TheLastOneIsNotLeftForAnybody) {
  engine.serve("a", {refusing(401)});
  engine.serve("b", {refusing(403)});
  const auto events = std::make_shared<Events>();
  engine.run_chat(logged(FallbackProvider(engine.provider("a"), engine.provider("b")), events));
  EXPECT_EQ(events->names(), (std::vector<std::string>{"call.start", "attempt.start", "attempt.end", "fallback.leave",
                                                       "attempt.start", "attempt.end", "call.end"}));
}

}  // namespace
}  // namespace antiphon::test
