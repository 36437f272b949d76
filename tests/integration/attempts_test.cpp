// What a server received, against what the calls say they sent. It has a process of its own, so that it cannot know.

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include <antiphon/antiphon.hpp>

#include "support/simulator_process.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

struct Wire {
  const char* name;
  bool tls;
  HttpVersion version;
  const char* http;
};

using Answer = std::future<Result<Response>>;

class Attempts : public testing::TestWithParam<Wire> {
 protected:
  Attempts() : simulator_(GetParam().tls ? R"({"tls": true})" : "{}") {}

  Provider provider(int max_attempts) const {
    const std::string scheme = GetParam().tls ? "https" : "http";
    ModelConfig config = ModelConfig("m-1", providers::openai)
                             .base_url(scheme + "://localhost:" + std::to_string(simulator_.port()) + "/v1")
                             .http_version(GetParam().version);
    config.retry_config(RetryConfig().max_attempts(max_attempts).initial_delay(1ms).max_delay(5ms).budget(1));
    if (GetParam().tls) config.tls(TlsOptions().ca_file(simulator_.ca_file()));
    return create_provider(config, ProviderOptions().engine(engine_));
  }

  static Answer start(const Provider& provider, bool streamed) {
    auto promise = std::make_shared<std::promise<Result<Response>>>();
    Answer answer = promise->get_future();
    const auto end = [promise](Result<Response> result) { promise->set_value(std::move(result)); };
    if (streamed) {
      provider.stream("Hi").for_each([](const Chunk&) {}).then(end);
    } else {
      provider.async_chat("Hi").then(end);
    }
    return answer;
  }

  static std::size_t attempts_of(const Result<Response>& result) {
    return result ? result->attempts().size() : result.error().attempts().size();
  }

  SimulatorProcess simulator_;
  Engine engine_;
};

/// A call at a time: the attempts of each are known, not their sum alone.
TEST_P(Attempts, OfEachCallAreTheRequestsThatTheServerReceived) {
  // The connection of the first answer closes when the next request has come on it, unanswered.
  simulator_.set_scenario(R"({"rules": [{"times": 1, "fault": {"close_on_next_request": true}}]})");
  for (const int most : {1, 3}) {
    for (const bool streamed : {false, true}) {
      SCOPED_TRACE((streamed ? "streamed, at most " : "whole, at most ") + std::to_string(most));
      simulator_.reset();
      const Provider asked = provider(most);
      std::size_t sent = 0;
      std::vector<std::size_t> attempts;
      for (int call = 0; call < 3; ++call) {
        const Result<Response> result = start(asked, streamed).get();
        EXPECT_TRUE(result || most == 1) << (result ? "" : result.error().what());
        attempts.push_back(attempts_of(result));
        sent += attempts.back();
        EXPECT_EQ(simulator_.requests().size(), sent);
      }
      EXPECT_EQ(attempts, most == 1 ? (std::vector<std::size_t>{1, 1, 1}) : (std::vector<std::size_t>{1, 2, 1}));
      for (const RecordedRequest& request : simulator_.requests()) EXPECT_EQ(request.http_version, GetParam().http);
    }
  }
}

/// On HTTP/2 the connection takes siblings with it whose requests the server may not have read.
class AttemptsAtOnce : public Attempts {};

/// Many at once, every connection of which is closed on its second request.
TEST_P(AttemptsAtOnce, OfManyCallsAreTogetherTheRequestsThatTheServerReceived) {
  simulator_.set_scenario(R"({"rules": [{"fault": {"close_on_next_request": true}}]})");
  const Provider asked = provider(4);
  constexpr std::size_t rounds = 6;
  constexpr std::size_t at_once = 16;
  std::size_t sent = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<Answer> answers;
    for (std::size_t i = 0; i < at_once; ++i) answers.push_back(start(asked, i % 2 == 0));
    for (Answer& answer : answers) sent += attempts_of(answer.get());
    EXPECT_EQ(simulator_.requests().size(), sent) << "after round " << round;
  }
  EXPECT_GT(sent, rounds * at_once) << "no connection was used twice";
  EXPECT_EQ(simulator_.stats().requests, sent);
}

constexpr auto name_of = [](const testing::TestParamInfo<Wire>& way) { return std::string(way.param.name); };
const Wire plain{"Plain", false, HttpVersion::automatic, "1.1"};
const Wire tls{"Tls", true, HttpVersion::http1, "1.1"};
const Wire http2{"Http2", true, HttpVersion::automatic, "2"};

INSTANTIATE_TEST_SUITE_P(Wires, Attempts, testing::Values(plain, tls, http2), name_of);
INSTANTIATE_TEST_SUITE_P(Wires, AttemptsAtOnce, testing::Values(plain, tls), name_of);

}  // namespace
}  // namespace antiphon::test
