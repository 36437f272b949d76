// A provider that is down, and the real model behind it.
#include <algorithm>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>

#include "real/real_model.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"
#include "support/refusing_port.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;
using namespace std::chrono_literals;
using antiphon::test::RawConnection;
using antiphon::test::RawServer;

Options repeatable_chain() { return Options().temperature(0).seed(1).max_tokens(8); }

Provider primary_at(const std::string& url) {
  return create_provider(ModelConfig("primary", providers::openai).base_url(url).api_key("none"));
}

Result<Response> ask(const Provider& provider, bool streamed, const Options& options = repeatable_chain()) {
  return streamed ? provider.stream("Why is the sky blue?", options).try_collect()
                  : provider.try_chat("Why is the sky blue?", options);
}

/// The real model answered, after the primary had failed so often in this way.
void expect_fallback(const Result<Response>& result, ErrorKind kind, std::size_t failures) {
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_FALSE(result->content().empty());
  EXPECT_NE(result->model().find("SmolLM2"), std::string::npos);
  EXPECT_GT(result->usage().output_tokens().value_or(0), 0);
  ASSERT_EQ(result->attempts().size(), failures + 1);
  for (std::size_t i = 0; i < failures; ++i) {
    EXPECT_EQ(result->attempts()[i].model(), "primary");
    EXPECT_EQ(result->attempts()[i].error(), kind);
  }
  EXPECT_EQ(result->attempts().back().status(), 200);
}

class RealFallback : public testing::TestWithParam<bool> {};

TEST_P(RealFallback, answers_for_one_that_refuses) {
  const antiphon::test::RefusingPort nobody;
  expect_fallback(ask(FallbackProvider(primary_at(nobody.url()), real_model()), GetParam()), ErrorKind::connection, 1);
}

TEST_P(RealFallback, answers_for_one_that_is_silent) {
  RawServer silent(antiphon::test::never_answering);
  FallbackLink primary(primary_at(silent.url()));
  primary.first_content_within(100ms);
  expect_fallback(ask(FallbackProvider(primary, real_model()), GetParam()), ErrorKind::timeout, 1);
  // The same by the timeouts of its own: who is silent is not asked again while another one is left.
  const Provider impatient = create_provider(ModelConfig("primary", providers::openai)
                                                 .base_url(silent.url())
                                                 .api_key("none")
                                                 .timeouts(Timeouts().first_content(50ms))
                                                 .retry_config(RetryConfig().max_attempts(2).initial_delay(1ms)));
  expect_fallback(ask(FallbackProvider(impatient, real_model()), GetParam()), ErrorKind::timeout, 1);
}

TEST_P(RealFallback, answers_for_one_that_is_rate_limited) {
  RawServer busy([](RawConnection& connection, int) {
    while (!connection.read_request().empty()) {
      connection.write(antiphon::test::http_answer(
          R"({"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}})", "application/json",
          429, "retry-after: 60\r\n"));
    }
  });
  expect_fallback(ask(FallbackProvider(primary_at(busy.url()), real_model()), GetParam()), ErrorKind::rate_limited, 1);
}

TEST_P(RealFallback, answers_for_one_that_is_cut_before_content) {
  // Headers and an event that says nothing yet, or the beginning of a whole answer.
  RawServer cut([](RawConnection& connection, int) {
    const bool streamed = antiphon::test::asks_for_stream(connection.read_request());
    connection.write(streamed
                         ? antiphon::test::stream_head() + antiphon::test::http_chunk(antiphon::test::chunk_event(""))
                         : "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"id\":");
  });
  const Provider primary = create_provider(ModelConfig("primary", providers::openai)
                                               .base_url(cut.url())
                                               .api_key("none")
                                               .retry_config(RetryConfig().max_attempts(1)));
  expect_fallback(ask(FallbackProvider(primary, real_model()), GetParam()), ErrorKind::truncated, 1);
}

INSTANTIATE_TEST_SUITE_P(ways, RealFallback, testing::Bool(),
                         [](const auto& way) { return way.param ? "streamed" : "whole"; });

TEST(RealFallback, the_switch_is_quick_when_nobody_listens) {
  const antiphon::test::RefusingPort nobody;
  const FallbackProvider provider(primary_at(nobody.url()), real_model());
  std::chrono::nanoseconds best = std::chrono::hours(1);
  for (const bool streamed : {false, true, false}) {
    const Result<Response> result = ask(provider, streamed, repeatable_chain().max_tokens(1));
    ASSERT_TRUE(result) << result.error().what();
    // Everything but the answer itself.
    best = std::min(best, result->duration() - result->attempts().back().duration());
  }
  std::printf("the switch took %.1f ms\n", std::chrono::duration<double, std::milli>(best).count());
#ifdef NDEBUG
  EXPECT_LT(best, 100ms);
#endif
}

TEST(RealContinuation, goes_on_where_another_provider_was_cut) {
  RawServer cut([](RawConnection& connection, int) {
    connection.read_request();
    connection.write(antiphon::test::stream_head() +
                     antiphon::test::http_chunk(antiphon::test::chunk_event("The sky is")));
  });
  const FallbackProvider provider(primary_at(cut.url()), real_model());
  std::string text;
  std::string joints;
  Stream stream = provider.stream("Why is the sky blue?", repeatable_chain().continue_with(Continuation::next));
  for (const Chunk& chunk : stream) {
    if (chunk.kind() == ChunkKind::joint) joints += chunk.text() + " after '" + text + "'";
    text += chunk.content();
  }
  EXPECT_EQ(joints, "openai/SmolLM2-135M-Instruct after 'The sky is'");
  const Response& response = *stream.response();
  EXPECT_EQ(response.content(), text);
  EXPECT_TRUE(text.starts_with("The sky is"));
  EXPECT_GT(text.size(), std::string("The sky is").size());
  ASSERT_EQ(response.joints().size(), 1U);
  EXPECT_EQ(response.joints()[0].position(), 10U);
  // What the first half used nobody said, so the sum is a lower bound.
  EXPECT_FALSE(response.usage().output_tokens().known());
  EXPECT_GT(response.usage().output_tokens().at_least(), 0);
  EXPECT_EQ(response.attempts().size(), 2U);
}

}  // namespace
}  // namespace antiphon_tests
