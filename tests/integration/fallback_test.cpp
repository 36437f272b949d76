// Fallback, circuit breaker and hedging over real sockets.

#include <gtest/gtest.h>

#include <future>
#include <string_view>

#include "integration/reliability.hpp"
#include "support/refusing_port.hpp"
#include "support/silent_port.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// A simulator that is down in one way, and one that is up.
class Pair {
 public:
  explicit Pair(const std::string& rule) : down(Scenario().rule(rule)), up(Scenario().rule(good)) {}

  ProviderOptions on_engine() const { return ProviderOptions().engine(engine); }
  FallbackLink first(int attempts = 1) const {
    ModelConfig config = openai_at(down, "down");
    RetryConfig retry = config.retry_config();
    return create_provider(config.retry_config(retry.max_attempts(attempts)), on_engine());
  }
  FallbackLink second() const { return create_provider(ollama_at(up, "up"), on_engine()); }

  Engine engine;
  Simulator down;
  Simulator up;
};

TEST(Fallback, EveryFailureOfAProviderLeadsToTheNext) {
  const char* const rules[] = {
      R"({"status": 401, "error": {}})",
      R"({"status": 403, "error": {}})",
      R"({"status": 404, "error": {}})",
      R"({"status": 408, "error": {}})",
      R"({"status": 429, "error": {}})",
      R"({"status": 429, "error": {"code": "insufficient_quota"}})",
      R"({"status": 500, "error": {}})",
      R"({"status": 503, "error": {}})",
      R"({"status": 529, "error": {}})",
      R"({"html": "<html>down</html>"})",
      R"({"redirect": "http://127.0.0.1:9/"})",
      R"({"fault": {"cut_before_headers": true, "cut_by": "rst"}})",
      R"({"fault": {"cut_after_bytes": 5}})",
      R"({"fault": {"error_in_stream": {"after_events": 0, "code": "overloaded"}}})",
      R"({"fault": {"broken_json": 0}})",
      R"({"raw": {"http": "nonsense\r\n\r\n"}})",
      R"({"timing": {"never_answer": true}})",
      R"({"timing": {"ping_every_ms": 20, "stop_after_chunks": 0}})",
      R"({"status": 400, "error": {"code": "context_length_exceeded"}})",
      R"({"status": 400, "error": {"code": "content_filter"}})",
  };
  for (const char* rule : rules) {
    for (const bool streamed : {false, true}) {
      // Such an error stands in streams only.
      if (!streamed && std::string_view(rule).find("error_in_stream") != std::string_view::npos) continue;
      SCOPED_TRACE(std::string(rule) + (streamed ? " streamed" : ""));
      Pair pair(rule);
      const FallbackProvider provider(pair.first().first_content_within(100ms), pair.second());
      const Result<Response> result = ask(provider, streamed);
      ASSERT_TRUE(result) << result.error().what();
      EXPECT_EQ(result->content(), "Good.");
      EXPECT_EQ(result->provider(), "ollama");
      ASSERT_EQ(result->attempts().size(), 2U);
      EXPECT_TRUE(result->attempts()[0].error());
      EXPECT_EQ(pair.down.requests().size(), 1U);
      EXPECT_EQ(pair.up.requests().size(), 1U);
    }
  }
}

TEST(Fallback, ABadKeyIsAWarning) {
  Pair pair(R"({"status": 401, "error": {"message": "no such key"}})");
  const Response response = FallbackProvider(pair.first(), pair.second()).chat("Hi");
  ASSERT_EQ(response.warnings().size(), 1U);
  EXPECT_EQ(response.warnings()[0].where(), "openai/down");
}

TEST(Fallback, AWrongRequestIsWrongEverywhere) {
  Pair pair(R"({"status": 400, "error": {}})");
  const FallbackProvider provider(pair.first(), pair.second());
  EXPECT_EQ(ask(provider, false).error().kind(), ErrorKind::invalid_request);
  EXPECT_EQ(ask(provider, true).error().kind(), ErrorKind::invalid_request);
  EXPECT_TRUE(pair.up.requests().empty());
}

TEST(Fallback, WhoIsNotThereIsLeftAtOnceAndNotTriedAgain) {
  const RefusingPort nobody;
  const SilentPort silent;
  Simulator not_trusted(Scenario().tls(true));
  Simulator without_tls;
  const Engine engine(EngineOptions().resolver([](const std::string&) { return std::vector<std::string>(); }));
  const ProviderOptions on_engine = ProviderOptions().engine(engine);
  Simulator up(Scenario().rule(good));
  const Provider second = create_provider(ollama_at(up, "up"), on_engine);
  const auto first = [&](const std::string& url) {
    // The retries that are the default would take their time.
    const auto quick = Timeouts().connect(200ms);
    return create_provider(ModelConfig("down", providers::openai).base_url(url).api_key("k").timeouts(quick),
                           on_engine);
  };
  const std::pair<std::string, ErrorKind> failures[] = {
      {nobody.url(), ErrorKind::connection},
      {"http://nowhere.invalid", ErrorKind::dns},
      {not_trusted.url(), ErrorKind::tls},
      {"https://127.0.0.1:" + std::to_string(without_tls.port()), ErrorKind::tls},
      {silent.url(), ErrorKind::timeout},
  };
  for (const auto& [url, kind] : failures) {
    for (const bool streamed : {false, true}) {
      SCOPED_TRACE(url);
      const Result<Response> result = ask(FallbackProvider(first(url), second), streamed);
      ASSERT_TRUE(result) << result.error().what();
      EXPECT_EQ(in_words(result), "down " + std::string(to_string(kind)) + ", up well");
      EXPECT_EQ(result->attempts()[1].waited(), 0ms);
    }
  }
  // The last one is tried again as ever.
  up.set_scenario(Scenario().rule(R"({"status": 404, "error": {}})"));
  EXPECT_EQ(in_words(ask(FallbackProvider(second, first(nobody.url())), false)),
            "up not_found, down connection, down connection, down connection");
}

TEST(Fallback, ASlowStartIsLeftAtOnce) {
  Pair pair(R"({"timing": {"never_answer": true}})");
  const FallbackProvider provider(pair.first(3).first_content_within(50ms), pair.second());
  for (const bool streamed : {false, true}) EXPECT_EQ(in_words(ask(provider, streamed)), "down timeout, up well");
}

TEST(Fallback, ALongWaitIsNotSatOut) {
  Pair pair(R"({"status": 429, "error": {}, "headers": {"retry-after": "60"}})");
  const FallbackProvider provider(pair.first(3), pair.second());
  const auto asked = Clock::now();
  for (const bool streamed : {false, true}) EXPECT_TRUE(ask(provider, streamed));
  EXPECT_LT(Clock::now() - asked, 10s);
  EXPECT_EQ(pair.down.requests().size(), 1U) << "its gate is closed now";
}

TEST(Fallback, EachProviderGetsTheRequestInItsOwnForm) {
  Pair pair(R"({"status": 500, "error": {}})");
  const Response response =
      FallbackProvider(pair.first(), pair.second())
          .chat(Messages().system("Brief.").user("Hi"), Options().max_tokens(7).logprobs(2).frequency_penalty(0.5));
  const std::string first = pair.down.requests().at(0).body;
  const std::string second = pair.up.requests().at(0).body;
  EXPECT_NE(first.find(R"("model":"down")"), std::string::npos) << first;
  EXPECT_NE(second.find(R"("model":"up")"), std::string::npos) << second;
  EXPECT_NE(second.find(R"("num_predict":7)"), std::string::npos) << second;
  EXPECT_EQ(first.find("num_predict"), std::string::npos) << first;
}

TEST(Fallback, AStreamFallsBackUntilItsFirstContentAndNoLonger) {
  Pair before(R"({"answer": {"chunks": ["One ", "two"]}, "fault": {"cut_after_bytes": 150}})");
  std::string text;
  for (const Chunk& chunk : FallbackProvider(before.first(), before.second()).stream("Hi")) text += chunk.content();
  EXPECT_EQ(text, "Good.");

  Pair after(R"({"answer": {"chunks": ["One ", "two"]}, "fault": {"missing_finish": true, "missing_done": true}})");
  const Result<Response> cut = FallbackProvider(after.first(), after.second()).stream("Hi").try_collect();
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().partial()->content(), "One two");
  EXPECT_TRUE(after.up.requests().empty());
}

TEST(Fallback, AnAnswerThatIsNotAcceptedLeadsToTheNext) {
  Pair pair(R"({"answer": {"text": "I cannot help with that."}})");
  FallbackLink first = pair.first();
  first.accept([](const Response& response) { return response.content().find("cannot") == std::string::npos; });
  const Response response = FallbackProvider(first, pair.second()).chat("Hi");
  EXPECT_EQ(response.content(), "Good.");
  EXPECT_EQ(response.attempts().size(), 2U);
}

TEST(Fallback, WhenAllFailTheErrorNamesEveryAttempt) {
  Pair pair(R"({"status": 503, "error": {"message": "down"}})");
  Simulator also_down(Scenario().rule(R"({"status": 500, "error": {"message": "broken"}})"));
  const Provider last = create_provider(openai_at(also_down, "last"), pair.on_engine());
  const Result<Response> result = ask(FallbackProvider(pair.first(2), last), true);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::server_error);
  EXPECT_EQ(in_words(result),
            "down overloaded, down overloaded, last server_error, last server_error, last server_error");
}

TEST(CircuitBreaker, LeavesAProviderOutThatIsDownAndAsksItAgainLater) {
  Pair pair(R"({"status": 500, "error": {}})");
  const auto breaker = CircuitBreakerConfig().failures(3).rest(200ms);
  const FallbackProvider provider(FallbackConfig().link(pair.first()).link(pair.second()).circuit_breaker(breaker));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(ask(provider, i % 2 == 0));
  const std::size_t asked = pair.down.requests().size();
  EXPECT_GE(asked, 3U);
  EXPECT_LT(asked, 10U);
  pair.down.reset();
  // It is well again, which nobody knows before it is tried.
  pair.down.set_scenario(Scenario().rule(good));
  while (provider.chat("Hi").provider() != "openai") {
  }
  EXPECT_EQ(provider.chat("Hi").provider(), "openai");
}

TEST(CircuitBreaker, UsersWhoHangUpSayNothingAboutAProvider) {
  Pair pair(R"({"match": {"body_contains": "hold"}, "timing": {"never_answer": true}})");
  const FallbackProvider provider(pair.first(), pair.second());
  std::vector<std::stop_source> users(8);
  std::vector<std::future<Result<Response>>> calls;
  for (std::stop_source& user : users) {
    calls.push_back(std::async(std::launch::async,
                               [&] { return provider.try_chat("hold", Options().cancel_on(user.get_token())); }));
  }
  ASSERT_TRUE(pair.down.wait_for(SimulatorEvent::request, users.size(), 30s));
  for (std::stop_source& user : users) user.request_stop();
  for (auto& call : calls) EXPECT_EQ(call.get().error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(provider.chat("Hi").provider(), "openai");
  EXPECT_TRUE(pair.up.requests().empty());
}

class Hedging : public testing::TestWithParam<bool> {};

TEST_P(Hedging, TheSlowOneIsHungUpOnAndBothAreOnTheList) {
  Pair pair(R"({"timing": {"never_answer": true}})");
  const FallbackProvider provider(
      FallbackConfig().link(pair.first()).link(pair.second()).hedge(HedgeConfig().delay(20ms)));
  const Result<Response> result = ask(provider, GetParam());
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "Good.");
  EXPECT_EQ(result->provider(), "ollama");
  EXPECT_EQ(in_words(result), "down cancelled, up well");
  EXPECT_TRUE(pair.down.wait_for(SimulatorEvent::disconnect, 1, 30s));
}

TEST_P(Hedging, AQuickOneIsAloneAndTheSecondNeverAsked) {
  Pair pair(R"({"answer": {"text": "First."}})");
  const FallbackProvider provider(
      FallbackConfig().link(pair.first()).link(pair.second()).hedge(HedgeConfig().delay(20s)));
  const Result<Response> result = ask(provider, GetParam());
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(in_words(result), "down well");
  EXPECT_TRUE(pair.up.requests().empty());
}

TEST_P(Hedging, IsCancelledOnBothSides) {
  Pair pair(R"({"timing": {"never_answer": true}})");
  pair.up.set_scenario(Scenario().rule(R"({"timing": {"never_answer": true}})"));
  const FallbackProvider provider(
      FallbackConfig().link(pair.first()).link(pair.second()).hedge(HedgeConfig().delay(10ms)));
  std::stop_source stop;
  auto call =
      std::async(std::launch::async, [&] { return ask(provider, GetParam(), Options().cancel_on(stop.get_token())); });
  for (Simulator* simulator : {&pair.down, &pair.up}) {
    ASSERT_TRUE(simulator->wait_for(SimulatorEvent::request, 1, 30s));
  }
  stop.request_stop();
  EXPECT_EQ(call.get().error().kind(), ErrorKind::cancelled);
  for (Simulator* simulator : {&pair.down, &pair.up}) {
    EXPECT_TRUE(simulator->wait_for(SimulatorEvent::disconnect, 1, 30s));
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, Hedging, testing::Bool(),
                         [](const auto& way) { return way.param ? "Streamed" : "Whole"; });

}  // namespace
}  // namespace antiphon::test
