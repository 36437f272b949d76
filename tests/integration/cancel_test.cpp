// How soon a server knows that nobody wants its answer any more. The simulator has a process of its own: its clock is
// the machine's, and so is ours.

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <latch>
#include <memory>
#include <vector>

#include <antiphon/antiphon.hpp>

#include "support/coroutine.hpp"
#include "support/simulator_process.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr const char* one_word_then_silence =
    R"("rules": [{"match": {"body_contains": "flood"}, "answer": {"generate": {"chunks": 200000, "chunk_bytes": 1000}}},
                 {"match": {"stream": true}, "answer": {"chunks": ["some", "more"]}, "timing": {"stop_after_chunks": 1}},
                 {"timing": {"never_answer": true}}])";

struct Way {
  const char* name;
  bool tls;
  HttpVersion version;
  const char* http;
};

class Cancelling : public testing::TestWithParam<Way> {
 protected:
  Cancelling()
      : simulator_(std::string("{") + (GetParam().tls ? R"("tls": true, )" : "") + one_word_then_silence + "}") {}

  Provider provider(const Engine& engine) const {
    const std::string scheme = GetParam().tls ? "https" : "http";
    ModelConfig config = ModelConfig("m-1", providers::openai)
                             .base_url(scheme + "://localhost:" + std::to_string(simulator_.port()) + "/v1")
                             .http_version(GetParam().version);
    if (GetParam().tls) config.tls(TlsOptions().ca_file(simulator_.ca_file()));
    return create_provider(config, ProviderOptions().engine(engine));
  }

  /// From `act` to what the server sees of it: the best of three, because the machine may have other things to do.
  template <class Begin, class Act>
  void expect_prompt(const Begin& begin, const Act& act) {
    auto best = Clock::duration::max();
    for (int round = 0; round < 3; ++round) {
      simulator_.reset();
      auto call = begin();
      ASSERT_TRUE(simulator_.wait(SimulatorEvent::request, 1).reached);
      EXPECT_EQ(simulator_.requests().back().http_version, GetParam().http);
      const auto began = Clock::now();
      act(call);
      const SimulatorProcess::Seen seen = simulator_.wait(SimulatorEvent::disconnect, 1);
      ASSERT_TRUE(seen.reached) << "the server never heard of it";
      best = std::min(best, seen.events.back().time - began);
    }
#ifdef NDEBUG
    EXPECT_LT(best, 50ms);
#endif
  }

  SimulatorProcess simulator_;
};

struct RunningChat {
  std::stop_source stop;
  std::future<Result<Response>> result;
};

RunningChat start_chat(const Provider& provider) {
  RunningChat chat;
  auto promise = std::make_shared<std::promise<Result<Response>>>();
  chat.result = promise->get_future();
  provider.async_chat("Hi", Options().cancel_on(chat.stop.get_token())).then([promise](Result<Response> result) {
    promise->set_value(std::move(result));
  });
  return chat;
}

void stop_chat(RunningChat& chat) {
  chat.stop.request_stop();
  EXPECT_EQ(chat.result.get().error().kind(), ErrorKind::cancelled);
}

Coroutine wait_for_answer(Provider provider) { (void)co_await provider.async_chat("Hi").as_result(); }

TEST_P(Cancelling, IsSeenByTheServerHoweverItIsDone) {
  const Engine engine;
  const Provider asked = provider(engine);
  const auto read_one = [&] {
    Stream stream = asked.stream("Hi");
    EXPECT_EQ(stream.begin()->content(), "some");
    return stream;
  };
  {
    SCOPED_TRACE("a stop token");
    expect_prompt([&] { return start_chat(asked); }, stop_chat);
  }
  {
    SCOPED_TRACE("Stream::cancel");
    expect_prompt(read_one, [](Stream& stream) { stream.cancel(); });
  }
  {
    SCOPED_TRACE("a stream that goes");
    expect_prompt(read_one, [](Stream& stream) { const Stream gone = std::move(stream); });
  }
  {
    SCOPED_TRACE("a coroutine that goes");
    expect_prompt([&] { return wait_for_answer(asked); }, [](Coroutine& coroutine) { coroutine.destroy(); });
  }
}

TEST_P(Cancelling, IsSeenAlsoWhileTheReaderIsBehind) {
  const Engine engine;
  const Provider asked = provider(engine);
  const auto read_one = [&] {
    Stream stream = asked.stream("flood");
    EXPECT_FALSE(stream.begin()->content().empty());
    // The sender fills what there is to fill; then it is held back.
    std::uint64_t written = 0;
    for (int still = 0; still < 100;) {
      const std::uint64_t now = simulator_.stats().bytes_written;
      still = now == written && now > 1'000'000 ? still + 1 : 0;
      written = now;
    }
    EXPECT_EQ(simulator_.stats().streams_open, 1U);
    return stream;
  };
  {
    SCOPED_TRACE("Stream::cancel");
    expect_prompt(read_one, [](Stream& stream) { stream.cancel(); });
  }
  {
    SCOPED_TRACE("a stream that goes");
    expect_prompt(read_one, [](Stream& stream) { const Stream gone = std::move(stream); });
  }
}

TEST_P(Cancelling, IsSeenAlsoWhileALookUpHangs) {
  // The look-up outlives the test.
  const auto go = std::make_shared<std::latch>(1);
  const Engine engine(EngineOptions().resolver([go](const std::string& host) -> std::vector<std::string> {
    if (host == "hangs.test") go->wait();
    return {"127.0.0.1"};
  }));
  const Provider asked = provider(engine);
  const Provider hanging = create_provider(ModelConfig("m-1", providers::openai).base_url("http://hangs.test:1/v1"),
                                           ProviderOptions().engine(engine));
  std::vector<RunningChat> chats;
  for (int round = 0; round < 3; ++round) chats.push_back(start_chat(hanging));
  expect_prompt([&] { return start_chat(asked); }, stop_chat);
  auto best = Clock::duration::max();
  for (RunningChat& hangs : chats) {
    const auto began = Clock::now();
    stop_chat(hangs);
    best = std::min(best, Clock::now() - began);
  }
#ifdef NDEBUG
  EXPECT_LT(best, 50ms);
#endif
  go->count_down();
}

INSTANTIATE_TEST_SUITE_P(Ways, Cancelling,
                         testing::Values(Way{"Plain", false, HttpVersion::automatic, "1.1"},
                                         Way{"Tls", true, HttpVersion::http1, "1.1"},
                                         Way{"Http2", true, HttpVersion::automatic, "2"}),
                         [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace antiphon::test
