// What a reader gets of an attempt, and when.

#include "pipeline/answer_stream.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/coroutine.hpp"
#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

class AnswerStreamTest : public testing::Test {
 protected:
  Provider once() { return engine.provider(engine.config("a").retry_config(RetryConfig().max_attempts(1))); }
  static std::vector<ChunkKind> kinds(const Running& call) {
    std::vector<ChunkKind> all;
    for (const Chunk& chunk : call.chunks) all.push_back(chunk.kind());
    return all;
  }

  VirtualEngine engine;
};

TEST_F(AnswerStreamTest, NothingIsHandedOutBeforeTheFirstContent) {
  engine.serve("a", {Script()
                         .connect()
                         .head(200, {{"content-type", "text/event-stream"}})
                         .bytes(chunk_event(""))
                         .bytes(chunk_event("x"), 2s)
                         .bytes(finish_events())
                         .end()});
  const auto call = engine.stream(once(), Options().raw_events());
  engine.scheduler.run_for(1s);
  EXPECT_TRUE(call->chunks.empty());
  engine.scheduler.run();
  ASSERT_GE(call->chunks.size(), 3U);
  // Then everything, in its order.
  EXPECT_EQ(call->chunks[0].kind(), ChunkKind::raw);
  EXPECT_EQ(call->chunks[1].kind(), ChunkKind::raw);
  EXPECT_EQ(call->chunks[2].kind(), ChunkKind::content);
}

TEST_F(AnswerStreamTest, AFailureBeforeItIsNotSeen) {
  engine.serve("a", {cut_behind(chunk_event(""))});
  const auto call = engine.run_stream(once(), Options().raw_events());
  EXPECT_TRUE(call->chunks.empty());
  EXPECT_EQ(call->error().partial(), nullptr);
}

TEST_F(AnswerStreamTest, AnAnswerWithoutContentIsHandedOutAtItsEnd) {
  engine.serve("a", {streaming(stream_of({}))});
  const auto call = engine.run_stream(once());
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(kinds(*call), (std::vector<ChunkKind>{ChunkKind::usage, ChunkKind::finish}));
  EXPECT_EQ(call->response().content(), "");
}

TEST_F(AnswerStreamTest, StreamedAndWholeGiveTheSame) {
  engine.serve("a", {streaming(stream_of({"Hel", "lo"})), good("Hello")});
  const auto streamed = engine.run_stream(once());
  const auto whole = engine.run_chat(once());
  EXPECT_EQ(streamed->response().content(), whole->response().content());
  EXPECT_EQ(streamed->response().usage(), whole->response().usage());
  EXPECT_EQ(streamed->text(), "Hello");
}

TEST_F(AnswerStreamTest, ASlowReaderHoldsTheSenderBack) {
  std::vector<Script> scripts(1);
  scripts[0].connect().head(200, {{"content-type", "text/event-stream"}});
  for (int i = 0; i < 20; ++i) scripts[0].bytes(chunk_event(std::string(100'000, 'x')));
  scripts[0].bytes(finish_events()).end();
  engine.serve("a", scripts);
  std::size_t read = 0;
  const auto later = [&](std::function<void()> task) {
    engine.scheduler.sleep_until(engine.scheduler.steady_now() + 1s, std::move(task));
  };
  const auto reading = [&](Stream& stream) -> Coroutine {
    while (const Chunk* chunk = co_await stream.next()) read += chunk->content().size();
  };
  Stream stream = once().stream("Hi").on(later);
  Coroutine coroutine = reading(stream);
  // Each second the reader takes what is there; all of it would have come within the first.
  engine.scheduler.run_for(3s);
  EXPECT_LT(read, 2'000'000U) << "it was not all sent at once";
  engine.scheduler.run();
  coroutine.wait();
  EXPECT_EQ(read, 2'000'000U);
}

TEST_F(AnswerStreamTest, OnlyTheFirstContentOfACallIsTimed) {
  engine.serve("a", {Script()
                         .connect()
                         .head(200, {{"content-type", "text/event-stream"}})
                         .bytes(chunk_event("x"), 3s)
                         .bytes(chunk_event("y"), 3s)
                         .bytes(finish_events())
                         .end()});
  EXPECT_EQ(engine.run_stream(once())->response().first_content_after(), 3s);
  engine.serve("a", {good("x", 3s)});
  EXPECT_FALSE(engine.run_chat(once())->response().first_content_after());
}

}  // namespace
}  // namespace antiphon::test
