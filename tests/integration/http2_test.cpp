// Many calls on one HTTP/2 connection: what happens to one leaves the others alone.

#include <gtest/gtest.h>

#include <future>

#include <antiphon/antiphon.hpp>
#include <antiphon/simulator.hpp>

#include "support/failure.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;

Provider provider_for(const Simulator& simulator) {
  return create_provider(ModelConfig("m-1", providers::openai)
                             .base_url("https://localhost:" + std::to_string(simulator.port()) + "/v1")
                             .api_key(planted_key)
                             .tls(TlsOptions().ca_file(simulator.ca_file()))
                             .retry_config(RetryConfig().max_attempts(1)));
}

std::future<Result<Response>> start(const Provider& provider, const char* text, Options options = Options()) {
  auto promise = std::make_shared<std::promise<Result<Response>>>();
  provider.async_chat(text, std::move(options)).then([promise](Result<Response> result) {
    promise->set_value(std::move(result));
  });
  return promise->get_future();
}

TEST(Http2, ACancelledCallIsResetAndItsSiblingsGoOn) {
  Simulator simulator(Scenario()
                          .tls(true)
                          .rule(R"({"match": {"body_contains": "first"}, "answer": {"text": "first"}})")
                          .rule(R"({"match": {"body_contains": "sibling"}, "answer": {"text": "sibling"},
                                    "timing": {"before_body_ms": 3000}})")
                          .rule(R"({"timing": {"never_answer": true}})"));
  const Provider provider = provider_for(simulator);
  ASSERT_EQ(provider.chat("first").content(), "first");
  std::stop_source stop;
  auto cancelled = start(provider, "hangs", Options().cancel_on(stop.get_token()));
  auto timed_out = start(provider, "hangs too", Options().timeouts(Timeouts().total(2s)));
  std::vector<std::future<Result<Response>>> siblings;
  for (int i = 0; i < 10; ++i) siblings.push_back(start(provider, "sibling"));
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 13, patience));
  stop.request_stop();
  EXPECT_EQ(failure_of(cancelled.get()).kind(), ErrorKind::cancelled);
  EXPECT_EQ(failure_of(timed_out.get()).kind(), ErrorKind::timeout);
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 2, patience));
  for (auto& sibling : siblings) {
    const Result<Response> result = sibling.get();
    ASSERT_TRUE(result) << result.error().what();
    EXPECT_EQ(result->content(), "sibling");
  }
  EXPECT_EQ(simulator.stats().connections_accepted, 1U) << "not one connection for all";
  EXPECT_EQ(simulator.stats().disconnects, 2U);
}

TEST(Http2, ACancelIsSeenAlsoWhenNothingElseMoves) {
  Simulator simulator(Scenario()
                          .tls(true)
                          .rule(R"({"match": {"body_contains": "first"}, "answer": {"text": "first"}})")
                          .rule(R"({"timing": {"never_answer": true}})"));
  const Provider provider = provider_for(simulator);
  ASSERT_EQ(provider.chat("first").content(), "first");
  std::stop_source stop_first;
  std::stop_source stop_second;
  auto first = start(provider, "hangs", Options().cancel_on(stop_first.get_token()));
  auto second = start(provider, "hangs", Options().cancel_on(stop_second.get_token()));
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 3, patience));
  stop_first.request_stop();
  EXPECT_EQ(failure_of(first.get()).kind(), ErrorKind::cancelled);
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, patience)) << "beside a sibling";
  EXPECT_EQ(simulator.stats().requests_open, 1U);
  stop_second.request_stop();
  EXPECT_EQ(failure_of(second.get()).kind(), ErrorKind::cancelled);
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 2, patience)) << "alone";
}

TEST(Http2, AStreamThatIsResetFailsAloneAndTheConnectionServesOn) {
  Simulator simulator(
      Scenario()
          .tls(true)
          .rule(R"({"match": {"body_contains": "cut"}, "fault": {"cut_after_bytes": 30, "cut_by": "stream"}})")
          .rule(
              R"({"match": {"body_contains": "refused"}, "fault": {"cut_before_headers": true, "cut_by": "refused"}})")
          .rule(R"({"answer": {"text": "fine"}, "timing": {"before_body_ms": 100}})"));
  const Provider provider = provider_for(simulator);
  ASSERT_EQ(provider.chat("first").content(), "fine");
  auto sibling = start(provider, "sibling");
  auto cut = start(provider, "cut");
  auto refused = start(provider, "refused");
  const ErrorKind how = failure_of(cut.get()).kind();
  // The reset may overtake what was sent before it.
  EXPECT_TRUE(how == ErrorKind::truncated || how == ErrorKind::connection) << how;
  EXPECT_EQ(failure_of(refused.get()).kind(), ErrorKind::connection);
  EXPECT_EQ(sibling.get().value().content(), "fine");
  EXPECT_EQ(provider.chat("last").content(), "fine");
  EXPECT_EQ(simulator.requests().size(), 5U) << "one request per attempt";
}

// Trap 18.
TEST(Http2, AConnectionThatGoesAwayFailsItsCallsAndTheNextGetsANewOne) {
  Simulator simulator(Scenario()
                          .tls(true)
                          .rule(R"({"match": {"body_contains": "away"}, "times": 1,
                    "fault": {"cut_before_headers": true, "cut_by": "goaway"}})")
                          .rule(R"({"answer": {"text": "fine"}})"));
  const Provider provider = provider_for(simulator);
  ASSERT_EQ(provider.chat("first").content(), "fine");
  EXPECT_EQ(chat_failure(provider, "away").kind(), ErrorKind::connection);
  EXPECT_EQ(provider.chat("last").content(), "fine");
  EXPECT_EQ(simulator.requests().size(), 3U) << "one request per attempt";
}

TEST(Http2, AStreamIsAloneOnItsConnection) {
  Simulator simulator(Scenario().tls(true).rule(
      R"({"match": {"stream": true}, "answer": {"chunks": ["some", "more"]}, "timing": {"stop_after_chunks": 1}})"));
  const Provider provider = provider_for(simulator);
  std::vector<Stream> streams;
  for (int i = 0; i < 3; ++i) {
    streams.push_back(provider.stream("Hi"));
    ASSERT_EQ(streams.back().begin()->content(), "some");
  }
  EXPECT_EQ(simulator.stats().connections_open, 3U);
  streams.erase(streams.begin());
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, patience));
  EXPECT_EQ(simulator.stats().streams_open, 2U) << "the others were harmed";
}

}  // namespace
}  // namespace antiphon::test
