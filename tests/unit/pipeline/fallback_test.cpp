// Several providers as one, as its callers see it.

#include "pipeline/fallback.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/endpoint.hpp"
#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

using State = pipeline::CircuitBreaker::State;

class FallbackTest : public testing::Test {
 protected:
  /// One attempt per link, so that a test counts requests and not retries.
  Provider once(const std::string& host) {
    return engine.provider(engine.config(host).retry_config(RetryConfig().max_attempts(1)));
  }
  FallbackProvider pair(FallbackConfig config = FallbackConfig()) {
    return FallbackProvider(config.link(once("a")).link(once("b")));
  }
  State breaker(const Provider& provider, std::size_t link = 0) {
    return VirtualEngine::endpoint(provider, link).breaker.state(engine.scheduler.steady_now());
  }
  /// Whether the failure of the first leads to the second.
  bool leads_on(const Script& failure) {
    VirtualEngine fresh;
    fresh.serve("a", {failure});
    fresh.serve("b", {good("from b")});
    const FallbackProvider both(fresh.provider("a"), fresh.provider("b"));
    const auto call = fresh.run_chat(both);
    return static_cast<bool>(*call->result);
  }

  VirtualEngine engine;
};

TEST_F(FallbackTest, TheFirstAnswersWhenItCan) {
  engine.serve("a", {good("from a")});
  engine.serve("b", {good("from b")});
  const auto call = engine.run_chat(pair());
  EXPECT_EQ(call->response().content(), "from a");
  EXPECT_EQ(engine.sent_to("b"), 0U);
}

TEST_F(FallbackTest, TheNextWhenItCannot) {
  engine.serve("a", {refusing(500)});
  engine.serve("b", {good("from b")});
  const auto call = engine.run_chat(pair());
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->response().content(), "from b");
  ASSERT_EQ(call->attempts().size(), 2U);
  EXPECT_EQ(call->attempts()[0].error(), ErrorKind::server_error);
  EXPECT_FALSE(call->attempts()[1].error());
}

TEST_F(FallbackTest, TheDefaultsSimplyWork) {
  for (const ErrorKind kind : {ErrorKind::dns, ErrorKind::connection, ErrorKind::tls, ErrorKind::proxy}) {
    EXPECT_TRUE(leads_on(failing(kind))) << kind;
  }
  for (const int status : {301, 401, 403, 404, 408, 429, 500, 501, 502, 503, 504, 529}) {
    EXPECT_TRUE(leads_on(refusing(status))) << status;
  }
  EXPECT_TRUE(leads_on(silence())) << "timeouts";
  EXPECT_TRUE(leads_on(refusing(402)));
  EXPECT_TRUE(leads_on(refusing(429, {}, R"({"error":{"code":"insufficient_quota","message":"x"}})")));
  EXPECT_TRUE(leads_on(refusing(400, {}, R"({"error":{"code":"context_length_exceeded","message":"x"}})")));
  EXPECT_TRUE(leads_on(refusing(400, {}, R"({"error":{"code":"content_policy_violation","message":"x"}})")));
  EXPECT_TRUE(leads_on(json_answer(200, "<html>not json</html>")));
  for (const int status : {400, 413, 422}) EXPECT_FALSE(leads_on(refusing(status))) << status;
}

TEST_F(FallbackTest, AFileThatOnlyTheFirstHasIsLeftOutByTheNext) {
  engine.serve("a", {refusing(500)});
  engine.serve("o", {json_answer(200, ollama_answer("from o"))});
  const FallbackProvider both(once("a"), engine.provider(engine.ollama("o")));
  Message question(Role::user);
  question.add(Part::uploaded("openai", "file-1")).add(Part::text("What is in it?"));
  const auto call = engine.run_chat(both, Options(), Messages().add(question));
  EXPECT_EQ(call->response().content(), "from o");
  ASSERT_EQ(engine.sent.size(), 2U);
  EXPECT_NE(engine.sent[0].request.body.find("file-1"), std::string::npos);
  EXPECT_EQ(engine.sent[1].request.body.find("file-1"), std::string::npos);
  EXPECT_NE(engine.sent[1].request.body.find("What is in it?"), std::string::npos);
  const auto& warnings = call->warnings();
  EXPECT_TRUE(std::any_of(warnings.begin(), warnings.end(),
                          [](const Warning& warning) { return warning.where() == "messages/0/content/0"; }));
  const auto strict = engine.run_chat(both, Options().strict(), Messages().add(question));
  ASSERT_FALSE(*strict->result);
  EXPECT_EQ(strict->error().kind(), ErrorKind::unsupported);
}

TEST_F(FallbackTest, NeverOnCancelling) {
  engine.serve("a", {silence()});
  engine.serve("b", {good("from b")});
  std::stop_source stop;
  const auto call = engine.chat(pair(), Options().cancel_on(stop.get_token()));
  engine.scheduler.run_for(1s);
  stop.request_stop();
  engine.scheduler.run();
  EXPECT_EQ(call->error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(engine.run_chat(pair(), Options().deadline(1s))->error().kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(engine.sent_to("b"), 0U);
}

TEST_F(FallbackTest, WrongCredentialsAreAWarning) {
  for (const int status : {401, 403}) {
    engine.serve("a", {refusing(status)});
    engine.serve("b", {good("from b")});
    const auto call = engine.run_chat(pair());
    ASSERT_TRUE(*call->result);
    ASSERT_EQ(call->warnings().size(), 1U);
    EXPECT_EQ(call->warnings()[0].where(), "openai/m-1");
  }
}

TEST_F(FallbackTest, TheLastFailureIsTheCalls) {
  engine.serve("a", {refusing(500)});
  engine.serve("b", {refusing(403)});
  const auto call = engine.run_chat(pair());
  EXPECT_EQ(call->error().kind(), ErrorKind::permission);
  ASSERT_EQ(call->error().attempts().size(), 2U);
  EXPECT_EQ(call->error().attempts()[0].error(), ErrorKind::server_error);
  EXPECT_TRUE(call->warnings().empty()) << "nobody was left for another one";
}

TEST_F(FallbackTest, KindsCanBeChangedPerLink) {
  engine.serve("a", {refusing(500), refusing(422)});
  engine.serve("b", {good("from b")});
  const FallbackProvider stays(FallbackLink(once("a")).stay_on(ErrorKind::server_error), once("b"));
  EXPECT_EQ(engine.run_chat(stays)->error().kind(), ErrorKind::server_error);
  const FallbackProvider leaves(FallbackLink(once("a")).leave_on(ErrorKind::invalid_request), once("b"));
  EXPECT_TRUE(*engine.run_chat(leaves)->result);
}

TEST_F(FallbackTest, RequestsAreEncodedAnewForEachProviderAndWarnedOf) {
  engine.serve("a", {refusing(500)});
  engine.serve("o", {json_answer(200, ollama_answer("from o"))});
  const FallbackProvider both(once("a"), engine.provider(engine.ollama("o")));
  const auto call = engine.run_chat(both, Options().top_k(7).parallel_tool_calls(true).user("u-1"));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->response().content(), "from o");
  EXPECT_EQ(call->response().provider(), "ollama");
  EXPECT_NE(engine.sent[1].request.url.find("/api/chat"), std::string::npos);
  EXPECT_NE(engine.sent[1].request.body.find(R"("top_k":7)"), std::string::npos);
  std::set<std::string> places;
  for (const Warning& warning : call->warnings()) places.insert(warning.where());
  EXPECT_TRUE(places.contains("parallel_tool_calls")) << "of the first, which was asked too";
  EXPECT_TRUE(places.contains("user")) << "of the second";
}

TEST_F(FallbackTest, AStreamFallsBackUntilItsFirstContent) {
  engine.serve("a", {cut_behind(": ping\n\n" + chunk_event(""))});
  engine.serve("b", {streaming(stream_of({"from ", "b"}))});
  const auto call = engine.run_stream(pair());
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->text(), "from b");
  EXPECT_EQ(call->response().content(), "from b");
}

TEST_F(FallbackTest, AndNotAfterIt) {
  engine.serve("a", {cut_behind(chunk_event("fro"))});
  engine.serve("b", {streaming(stream_of({"from b"}))});
  const auto call = engine.run_stream(pair());
  EXPECT_EQ(call->error().kind(), ErrorKind::truncated);
  EXPECT_EQ(call->error().partial()->content(), "fro");
  EXPECT_EQ(engine.sent_to("b"), 0U);
}

TEST_F(FallbackTest, ARefusedConnectionIsLeftAtOnce) {
  engine.serve("b", {good("from b")});
  const FallbackProvider both(engine.provider("a"), engine.provider("b"));
  const auto call = engine.run_chat(both);
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->took, 0s);
  EXPECT_EQ(engine.sent_to("a"), 1U);
}

TEST_F(FallbackTest, ALostOneIsTriedAgainOnceAndAtOnce) {
  // It may have been an old connection.
  const Script lost = Script().connect().fail(Error(ErrorKind::connection, "reset"));
  engine.serve("a", {lost, good("from a"), lost});
  engine.serve("b", {good("from b")});
  const FallbackProvider both(engine.provider("a"), engine.provider("b"));
  const auto call = engine.run_chat(both);
  EXPECT_EQ(call->response().content(), "from a");
  EXPECT_EQ(call->took, 0s);
  engine.sent.clear();
  EXPECT_EQ(engine.run_chat(both)->response().content(), "from b");
  EXPECT_EQ(engine.sent_to("a"), 2U);
}

TEST_F(FallbackTest, ATimeoutIsNotWaitedForAgain) {
  engine.serve("a", {silence()});
  engine.serve("b", {good("from b")});
  const FallbackProvider both(FallbackLink(engine.provider("a")).first_content_within(2s), engine.provider("b"));
  const auto call = engine.run_chat(both);
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->took, 2s);
  EXPECT_EQ(engine.sent_to("a"), 1U);
}

TEST_F(FallbackTest, TheLastLinkHasAllTheTimeItNeeds) {
  engine.serve("a", {refusing(500)});
  engine.serve("b", {good("from b", 1min)});
  FallbackLink second(once("b"));
  second.first_content_within(2s);
  EXPECT_TRUE(*engine.run_chat(FallbackProvider(once("a"), second))->result);
}

TEST_F(FallbackTest, ALongWaitGoesToTheNextAtOnce) {
  engine.serve("a", {refusing(429, {{"retry-after", "60"}})});
  engine.serve("b", {good("from b")});
  const FallbackProvider both(engine.provider("a"), engine.provider("b"));
  EXPECT_EQ(engine.run_chat(both)->took, 0s);
  // The gate is closed now.
  EXPECT_EQ(engine.run_chat(both)->took, 0s);
  EXPECT_EQ(engine.sent_to("a"), 1U);
  EXPECT_EQ(engine.sent_to("b"), 2U);
}

TEST_F(FallbackTest, AShortOneIsSatThrough) {
  engine.serve("a", {refusing(429, {{"retry-after", "2"}}), good("from a")});
  engine.serve("b", {good("from b")});
  const FallbackProvider both(engine.provider("a"), engine.provider("b"));
  const auto call = engine.run_chat(both);
  EXPECT_EQ(call->response().content(), "from a");
  EXPECT_EQ(call->took, 2s);
}

TEST_F(FallbackTest, HowLongIsAQuestionOfMaxWait) {
  engine.serve("a", {refusing(429, {{"retry-after", "2"}}), good("from a")});
  engine.serve("b", {good("from b")});
  FallbackConfig config;
  config.link(engine.provider("a")).link(engine.provider("b")).max_wait(1s);
  EXPECT_EQ(engine.run_chat(FallbackProvider(config))->response().content(), "from b");
}

TEST_F(FallbackTest, WithNobodyLeftThePauseIsWaitedFor) {
  engine.serve("a", {refusing(429, {{"retry-after", "60"}}), good("from a")});
  engine.serve("b", {refusing(429, {{"retry-after", "7"}}), good("from b")});
  const FallbackProvider both(engine.provider("a"), engine.provider("b"));
  const auto call = engine.run_chat(both);
  EXPECT_EQ(call->response().content(), "from b");
  EXPECT_EQ(call->took, 7s);
}

TEST_F(FallbackTest, WithAllGatesClosedTheOneThatOpensFirstIsAsked) {
  engine.serve("a", {good("from a")});
  engine.serve("b", {good("from b")});
  const FallbackProvider both = pair();
  VirtualEngine::endpoint(both, 0).close_gate(engine.scheduler, 40s);
  VirtualEngine::endpoint(both, 1).close_gate(engine.scheduler, 20s);
  const auto call = engine.run_chat(both);
  EXPECT_EQ(call->response().content(), "from b");
  EXPECT_EQ(call->took, 20s);
}

TEST_F(FallbackTest, ALinkThatWasPassedOverIsAskedInTheEnd) {
  // a is paused, b fails: the pause is worth the wait now.
  engine.serve("a", {refusing(429, {{"retry-after", "5"}}), good("from a")});
  engine.serve("b", {good("from b"), refusing(500)});
  const FallbackProvider both = pair();
  EXPECT_EQ(engine.run_chat(both)->response().content(), "from b");
  const auto call = engine.run_chat(both);
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->response().content(), "from a");
  EXPECT_EQ(call->took, 5s);
}

TEST_F(FallbackTest, NobodyWaitsForTheTrialOfAPauseBesideAFreeLink) {
  engine.serve("a", {good("from a", 8s)});
  engine.serve("b", {good("from b")});
  const FallbackProvider both = pair();
  VirtualEngine::endpoint(both).close_gate(engine.scheduler, 5s);
  engine.scheduler.run_for(5s);
  const auto trial = engine.chat(both);
  const auto other = engine.chat(both);
  engine.scheduler.run();
  EXPECT_EQ(trial->response().content(), "from a");
  EXPECT_EQ(other->response().content(), "from b");
  EXPECT_EQ(other->took, 0s);
}

TEST_F(FallbackTest, WhoStandsInTheRowAlreadyLeavesIt) {
  // Both are told to wait for a second; then one goes, and takes 8 s.
  engine.serve("a", {refusing(429, {{"retry-after", "1"}}), refusing(429, {{"retry-after", "1"}}), good("from a", 8s)});
  engine.serve("b", {good("from b")});
  const FallbackProvider both(engine.provider("a"), engine.provider("b"));
  const auto trial = engine.chat(both);
  const auto other = engine.chat(both);
  engine.scheduler.run();
  EXPECT_EQ(trial->response().content(), "from a");
  EXPECT_EQ(trial->took, 9s);
  EXPECT_EQ(other->response().content(), "from b");
  EXPECT_EQ(other->took, 3s) << "the second that it was asked to wait for, and no longer than max_wait for its turn";
}

TEST_F(FallbackTest, WhoLeftTheRowForOneThatIsTakenByThenWaitsThereAfterAll) {
  // The limits of a let six pass at once, of which the last is told to wait for 5 s after half a second. The seventh
  // stands in the row when that comes, and the eighth then tries whether b is back.
  std::vector<Script> scripts(5, good("from a"));
  scripts.push_back(json_answer(429, R"({"error":{"message":"no"}})", {{"retry-after", "5"}}, 500ms));
  scripts.push_back(good("from a"));
  engine.serve("a", scripts);
  engine.serve("b", {refusing(500), good("from b", 20s)});
  RetryConfig once;
  once.max_attempts(1);
  const Provider a = engine.provider(engine.config("a").limits(Limits().requests_per_minute(60)).retry_config(once));
  const Provider b = engine.provider(engine.config("b").retry_config(once));
  const auto breaker = CircuitBreakerConfig().failures(1).rest(10s);
  FallbackConfig alone;
  EXPECT_FALSE(*engine.run_chat(FallbackProvider(alone.link(b).circuit_breaker(breaker)))->result);
  engine.scheduler.run_for(1h);
  FallbackConfig config;
  const FallbackProvider both(config.link(a).link(b).circuit_breaker(breaker));
  std::vector<std::shared_ptr<Running>> calls;
  for (int i = 0; i < 8; ++i) calls.push_back(engine.chat(both));
  engine.scheduler.run();
  EXPECT_EQ(calls[7]->response().content(), "from b");
  ASSERT_TRUE(*calls[6]->result) << calls[6]->error().what();
  EXPECT_EQ(calls[6]->response().content(), "from a");
}

TEST_F(FallbackTest, UnlessItShallNotLeaveForThat) {
  engine.serve("a", {refusing(429, {{"retry-after", "1"}}), refusing(429, {{"retry-after", "1"}}), good("from a", 8s)});
  engine.serve("b", {good("from b")});
  const FallbackProvider both(FallbackLink(engine.provider("a")).stay_on(ErrorKind::rate_limited),
                              engine.provider("b"));
  engine.chat(both);
  const auto other = engine.chat(both);
  engine.scheduler.run();
  EXPECT_EQ(other->response().content(), "from a");
  EXPECT_EQ(other->took, 17s);
}

TEST_F(FallbackTest, WithNobodyElseTheRowIsWaitedFor) {
  engine.serve("a", {good("from a", 8s)});
  engine.serve("b", {good("from b", 8s)});
  const auto limited = [&](const char* host) {
    return engine.provider(engine.config(host).limits(Limits().max_concurrent(1)));
  };
  const FallbackProvider both(limited("a"), limited("b"));
  std::vector<std::shared_ptr<Running>> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(engine.chat(both));
  engine.scheduler.run();
  EXPECT_EQ(calls[1]->response().content(), "from b");
  EXPECT_EQ(calls[1]->took, 8s);
  EXPECT_EQ(calls[2]->response().content(), "from a");
  EXPECT_EQ(calls[2]->took, 16s);
}

TEST_F(FallbackTest, LimitsOfYourOwnAreAReasonToGoOnToo) {
  engine.serve("a", {good("from a")});
  engine.serve("b", {good("from b")});
  const auto second_of = [&](std::int64_t per_minute, std::chrono::milliseconds max_wait) {
    const Limits limits = Limits().requests_per_minute(per_minute);
    FallbackConfig config;
    config.link(engine.provider(engine.config("a").limits(limits))).link(engine.provider("b")).max_wait(max_wait);
    const FallbackProvider both(config);
    engine.run_chat(both);
    return engine.run_chat(both);
  };
  const auto at_once = second_of(12, 2s);
  EXPECT_EQ(at_once->response().content(), "from b");
  EXPECT_EQ(at_once->took, 0s);
  const auto patient = second_of(13, 5s);
  EXPECT_EQ(patient->response().content(), "from a") << "a wait within max_wait";
  EXPECT_GT(patient->took, 2s);
}

TEST_F(FallbackTest, TimeInTheRowIsSilenceToo) {
  // The limits of a let the seventh pass after a second, and its content would take another one.
  engine.serve("b", {good("from b")});
  const auto last_of_seven = [&](const char* host, std::chrono::milliseconds within) {
    engine.serve(host, {good("from a", 1s)});
    const Provider a = engine.provider(engine.config(host).limits(Limits().requests_per_minute(60)));
    const FallbackProvider both(FallbackLink(a).first_content_within(within), engine.provider("b"));
    std::vector<std::shared_ptr<Running>> calls;
    for (int i = 0; i < 7; ++i) calls.push_back(engine.chat(both));
    engine.scheduler.run();
    return calls.back();
  };
  const auto left = last_of_seven("a1", 1500ms);
  EXPECT_EQ(left->response().content(), "from b");
  EXPECT_EQ(left->took, 1500ms);
  ASSERT_EQ(left->attempts().size(), 2U);
  EXPECT_GT(left->attempts()[0].waited(), 1s);
  EXPECT_EQ(last_of_seven("a2", 2500ms)->response().content(), "from a");
  EXPECT_EQ(last_of_seven("a3", 1050ms)->took, 0s) << "it would stand in the row for longer";
}

TEST_F(FallbackTest, WithNobodyFreeTheOneWhoseTurnComesFirst) {
  engine.serve("a", {good("from a")});
  engine.serve("b", {good("from b")});
  const Provider a = engine.provider(engine.config("a").limits(Limits().requests_per_minute(6)));
  const FallbackProvider both(a, engine.provider("b"));
  engine.run_chat(both);
  VirtualEngine::endpoint(both, 1).close_gate(engine.scheduler, 3s);
  const auto by_pause = engine.run_chat(both);
  EXPECT_EQ(by_pause->response().content(), "from b");
  EXPECT_EQ(by_pause->took, 3s);
  VirtualEngine::endpoint(both, 1).close_gate(engine.scheduler, 30s);
  const auto by_limit = engine.run_chat(both);
  EXPECT_EQ(by_limit->response().content(), "from a");
  EXPECT_GT(by_limit->took, 6s) << "of the ten between two requests, three had passed";
}

TEST_F(FallbackTest, AContextWindowThatWasTooSmallSkipsThoseNoLarger) {
  const std::string body = R"({"error":{"code":"context_length_exceeded","message":"too long"}})";
  engine.serve("a", {refusing(400, {}, body)});
  engine.serve("b", {good("from b")});
  engine.serve("c", {good("from c")});
  const auto link = [&](const std::string& host, std::int64_t window) {
    return FallbackLink(once(host)).context_window(window);
  };
  EXPECT_EQ(
      engine.run_chat(FallbackProvider(link("a", 8000), link("b", 8000), link("c", 128'000)))->response().content(),
      "from c");
  EXPECT_EQ(engine.run_chat(FallbackProvider(link("a", 8000), once("b")))->response().content(), "from b")
      << "who knows how large it is";
  const auto none = engine.run_chat(FallbackProvider(link("a", 8000), link("b", 4000)));
  EXPECT_EQ(none->error().kind(), ErrorKind::context_window_exceeded);
}

TEST_F(FallbackTest, TheCatalogueKnowsContextWindows) {
  const std::string body = R"({"error":{"code":"context_length_exceeded","message":"too long"}})";
  engine.serve("a", {refusing(400, {}, body)});
  engine.serve("b", {good("from b")});
  engine.serve("c", {good("from c")});
  const auto link = [&](const std::string& host, const std::string& model) {
    return FallbackLink(engine.provider(engine.config(host, model).retry_config(RetryConfig().max_attempts(1))));
  };
  // gpt-4o and gpt-4o-mini have 128,000 tokens, gpt-4.1 has 1,047,576.
  const auto answered = [&](const FallbackProvider& provider) {
    const auto call = engine.run_chat(provider);
    return *call->result ? call->response().content() : std::string(to_string(call->error().kind()));
  };
  EXPECT_EQ(answered(FallbackProvider(link("a", "gpt-4o"), link("b", "gpt-4o-mini"), link("c", "gpt-4.1"))), "from c");
  EXPECT_EQ(answered(FallbackProvider(link("a", "gpt-4.1"), link("b", "gpt-4o"))), "context_window_exceeded");
  EXPECT_EQ(answered(FallbackProvider(link("a", "gpt-4.1"), link("b", "m-1"))), "from b") << "nobody knows how large";
  // What a link says itself wins.
  EXPECT_EQ(answered(FallbackProvider(link("a", "gpt-4o"), link("b", "gpt-4o-mini").context_window(200'000))),
            "from b");
  EXPECT_EQ(answered(FallbackProvider(link("a", "gpt-4o").context_window(8000), link("b", "gpt-4o-mini"))), "from b");
}

TEST_F(FallbackTest, FailuresInARowOpenTheBreaker) {
  engine.serve("a", {refusing(500)});
  engine.serve("b", {good("from b")});
  const FallbackProvider both = pair();
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(*engine.run_chat(both)->result);
  EXPECT_EQ(engine.sent_to("a"), 5U);
  EXPECT_EQ(breaker(both), State::open);
}

TEST_F(FallbackTest, AfterTheRestOneCallTriesAndClosesIt) {
  engine.serve("a", {refusing(500), refusing(500), refusing(500), refusing(500), refusing(500), good("from a", 1s)});
  engine.serve("b", {good("from b")});
  const FallbackProvider both = pair();
  for (int i = 0; i < 6; ++i) engine.run_chat(both);
  engine.scheduler.run_for(10s);
  const auto trial = engine.chat(both);
  const auto other = engine.chat(both);
  engine.scheduler.run();
  EXPECT_EQ(trial->response().content(), "from a");
  EXPECT_EQ(other->response().content(), "from b");
  EXPECT_EQ(breaker(both), State::closed);
}

TEST_F(FallbackTest, TheBreakerIsOfAllWhoUseTheProvider) {
  engine.serve("a", {refusing(500)});
  engine.serve("b", {good("from b")});
  const FallbackProvider one = pair();
  const FallbackProvider another = pair();
  for (int i = 0; i < 5; ++i) engine.run_chat(one);
  engine.run_chat(another);
  EXPECT_EQ(engine.sent_to("a"), 5U);
}

TEST_F(FallbackTest, ItsSettingsCount) {
  engine.serve("a", {refusing(500)});
  engine.serve("b", {good("from b")});
  const FallbackProvider both =
      pair(FallbackConfig().circuit_breaker(CircuitBreakerConfig().failures(2).rest(1s).max_rest(3s)));
  const auto after = [&](std::chrono::nanoseconds rest) {
    engine.scheduler.run_for(rest);
    engine.run_chat(both);
    return engine.sent_to("a");
  };
  engine.run_chat(both);
  EXPECT_EQ(after(0s), 2U);
  EXPECT_EQ(after(999ms), 2U);
  EXPECT_EQ(after(1ms), 3U);
  EXPECT_EQ(after(1999ms), 3U);
  EXPECT_EQ(after(1ms), 4U);
  EXPECT_EQ(after(2999ms), 4U);
  EXPECT_EQ(after(1ms), 5U);
  EXPECT_EQ(after(2999ms), 5U);
  EXPECT_EQ(after(1ms), 6U);
}

TEST_F(FallbackTest, RefusedRequestsAndHangingUpSayNothingAboutHealth) {
  engine.serve("a", {refusing(400), refusing(401), refusing(404), refusing(429, {{"retry-after", "0"}}), silence()});
  engine.serve("b", {good("from b")});
  const FallbackProvider both = pair(FallbackConfig().circuit_breaker(CircuitBreakerConfig().failures(1)));
  for (int i = 0; i < 4; ++i) engine.run_chat(both);
  for (int i = 0; i < 8; ++i) engine.run_chat(both, Options().deadline(1s));
  EXPECT_EQ(breaker(both), State::closed);
  EXPECT_EQ(engine.sent_to("a"), 12U);
}

TEST_F(FallbackTest, WhenAllRestOneCallAtATimeIsMadeAllTheSame) {
  engine.serve("a", {refusing(500)});
  engine.serve("b", {refusing(500)});
  const FallbackProvider both = pair(FallbackConfig().circuit_breaker(CircuitBreakerConfig().failures(1)));
  engine.run_chat(both);
  EXPECT_EQ(breaker(both, 0), State::open);
  EXPECT_EQ(breaker(both, 1), State::open);
  engine.serve("a", {good("from a", 1s)});
  engine.serve("b", {good("from b", 1s)});
  engine.sent.clear();
  const auto first = engine.chat(both);
  const auto second = engine.chat(both);
  const auto third = engine.chat(both);
  engine.scheduler.run();
  EXPECT_EQ(engine.sent.size(), 2U);
  EXPECT_TRUE(*first->result);
  EXPECT_TRUE(*second->result);
  ASSERT_FALSE(*third->result);
  EXPECT_EQ(third->error().kind(), ErrorKind::overloaded);
  EXPECT_EQ(third->error().where(), "fallback.circuit_breaker");
  EXPECT_EQ(third->error().retry_after(), 10s);
  EXPECT_EQ(breaker(both), State::closed);
}

TEST_F(FallbackTest, ABreakerThatOpensWhileACallWaitsEndsItsRetries) {
  engine.serve("a", {refusing(503, {{"retry-after", "2"}})});
  engine.serve("b", {good("from b")});
  const FallbackProvider both(FallbackConfig()
                                  .link(engine.provider("a"))
                                  .link(engine.provider("b"))
                                  .circuit_breaker(CircuitBreakerConfig().failures(2)));
  const auto one = engine.chat(both);
  const auto other = engine.chat(both);
  engine.scheduler.run();
  EXPECT_TRUE(*one->result);
  EXPECT_TRUE(*other->result);
  EXPECT_EQ(engine.sent_to("a"), 2U);
  EXPECT_EQ(one->took, 2s) << "it sat through the wait and found the breaker open";
  EXPECT_EQ(other->took, 0s);
}

TEST_F(FallbackTest, APredicateRejectsAnswers) {
  engine.serve("a", {good("bad"), good("good")});
  engine.serve("b", {good("from b")});
  FallbackLink picky(once("a"));
  picky.accept([](const Response& response) { return response.content() != "bad"; });
  const FallbackProvider both(picky, once("b"));
  const auto call = engine.run_chat(both);
  EXPECT_EQ(call->response().content(), "from b");
  ASSERT_EQ(call->attempts().size(), 2U);
  EXPECT_EQ(call->attempts()[0].error(), ErrorKind::content_filtered) << "why it did not count";
  EXPECT_EQ(call->attempts()[0].status(), 200);
  EXPECT_EQ(engine.run_chat(both)->response().content(), "good");
  const auto alone =
      engine.run_chat(FallbackProvider(FallbackLink(once("b")).accept([](const Response&) { return false; })));
  EXPECT_EQ(alone->error().kind(), ErrorKind::content_filtered);
  EXPECT_EQ(alone->error().where(), "fallback.accept");
}

TEST_F(FallbackTest, AnAnswerThatWasNotAcceptedIsOnTheBill) {
  engine.serve("a", {good("bad")});
  engine.serve("b", {good("from b")});
  FallbackLink picky(once("a"));
  picky.accept([](const Response&) { return false; });
  const auto call = engine.run_chat(FallbackProvider(picky, once("b")));
  ASSERT_EQ(call->attempts().size(), 2U);
  for (const Attempt& attempt : call->attempts()) EXPECT_EQ(attempt.usage().total_tokens(), Count(10));
}

TEST_F(FallbackTest, APredicateThatThrowsFailsItsCallOnly) {
  engine.serve("a", {good("x")});
  engine.serve("b", {good("from b")});
  int asked = 0;
  FallbackLink throwing(once("a"));
  throwing.accept([&](const Response&) -> bool {
    if (++asked == 1) throw std::runtime_error("oops");
    if (asked == 2) throw 7;
    return true;
  });
  const FallbackProvider both(throwing, once("b"));
  const auto first = engine.run_chat(both);
  EXPECT_EQ(first->error().kind(), ErrorKind::internal);
  EXPECT_EQ(first->error().where(), "fallback.accept");
  EXPECT_NE(first->error().message().find("oops"), std::string::npos);
  EXPECT_EQ(engine.run_chat(both)->error().kind(), ErrorKind::internal);
  EXPECT_TRUE(*engine.run_chat(both)->result);
}

TEST_F(FallbackTest, OfStreamsAPredicateSeesOnlyThoseWithoutContent) {
  engine.serve("a", {streaming(stream_of({"bad"})), streaming(stream_of({}))});
  engine.serve("b", {streaming(stream_of({"from b"}))});
  FallbackLink picky(once("a"));
  picky.accept([](const Response&) { return false; });
  const FallbackProvider both(picky, once("b"));
  EXPECT_EQ(engine.run_stream(both)->text(), "bad");
  EXPECT_EQ(engine.run_stream(both)->text(), "from b");
}

TEST_F(FallbackTest, OfAnswersThatWereTurnedDownNothingIsSeen) {
  engine.serve("a", {streaming(stream_of({}))});
  engine.serve("b", {streaming(stream_of({"from b"}))});
  FallbackLink picky(once("a"));
  picky.accept([](const Response&) { return false; });
  const auto kinds = [&](const Provider& provider) {
    const auto call = engine.run_stream(provider);
    std::vector<ChunkKind> all;
    for (const Chunk& chunk : call->chunks) all.push_back(chunk.kind());
    return all;
  };
  EXPECT_EQ(kinds(FallbackProvider(picky, once("b"))), kinds(once("b")));
  // One that is taken has its end all the same.
  const auto empty = engine.run_stream(FallbackProvider(once("a"), once("b")));
  ASSERT_FALSE(empty->chunks.empty());
  EXPECT_EQ(std::count_if(empty->chunks.begin(), empty->chunks.end(),
                          [](const Chunk& chunk) { return chunk.kind() == ChunkKind::finish; }),
            1);
}

/// What an answer looks like that the filter ended (providers.md, 6.1): 200, and this as the reason.
std::string filtered(std::string text) {
  text.replace(text.find(R"("stop")"), 6, R"("content_filter")");
  return text;
}

TEST_F(FallbackTest, AnAnswerThatTheFilterEndedGoesToTheNext) {
  engine.serve("a", {json_answer(200, filtered(chat_answer("half of")))});
  engine.serve("b", {good("from b")});
  const auto call = engine.run_chat(pair());
  EXPECT_EQ(call->response().content(), "from b");
  EXPECT_EQ(call->attempts()[0].error(), ErrorKind::content_filtered);
  EXPECT_EQ(call->attempts()[0].status(), 200);
  EXPECT_EQ(call->attempts()[0].usage().total_tokens(), Count(10));
  // With nobody left it is what there is, and for one who wants to stay as well.
  const auto alone = engine.run_chat(FallbackProvider(once("a")));
  EXPECT_EQ(alone->response().finish_reason(), FinishReason::content_filter);
  EXPECT_EQ(alone->response().content(), "half of");
  const FallbackProvider stays(FallbackLink(once("a")).stay_on(ErrorKind::content_filtered), once("b"));
  EXPECT_EQ(engine.run_chat(stays)->response().content(), "half of");
}

TEST_F(FallbackTest, SoDoesAStreamThatItEndedBeforeAnyContent) {
  engine.serve("a", {streaming(filtered(stream_of({}))), streaming(filtered(stream_of({"half of"})))});
  engine.serve("b", {streaming(stream_of({"from b"}))});
  EXPECT_EQ(engine.run_stream(pair())->text(), "from b");
  const auto late = engine.run_stream(pair());
  EXPECT_EQ(late->text(), "half of");
  EXPECT_EQ(late->response().finish_reason(), FinishReason::content_filter);
}

TEST_F(FallbackTest, TwoModelsOfOneProviderAreTwoLinks) {
  engine.serve("a", {refusing(503), refusing(503), refusing(503), good("mini")});
  const Provider large = engine.provider(engine.config("a", "large").retry_config(RetryConfig().max_attempts(3)));
  const Provider mini = engine.provider(engine.config("a", "mini"));
  const auto call = engine.run_chat(FallbackProvider(large, mini));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->attempts().back().model(), "mini");
}

}  // namespace
}  // namespace antiphon::test
