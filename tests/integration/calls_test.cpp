// Every way to call, against a server on a real socket.

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include <antiphon/antiphon.hpp>

#include "support/coroutine.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

class Calls : public testing::Test {
 protected:
  ModelConfig config() const { return ModelConfig("m-1", providers::openai).base_url(server.url("/v1")).api_key("k"); }
  Provider provider() const { return create_provider(config()); }

  RawServer server{answering({"Hello", " ", "world"})};
  const Messages messages = Messages().system("Be brief.").user("Hi");
};

void expect_hello(const Response& response) {
  EXPECT_EQ(response.content(), "Hello world");
  EXPECT_EQ(response.finish_reason(), FinishReason::stop);
  EXPECT_EQ(response.usage().input_tokens(), Count(7));
  EXPECT_EQ(response.usage().output_tokens(), Count(3));
  EXPECT_EQ(response.model(), "m-1");
  EXPECT_EQ(response.provider(), "openai");
  EXPECT_EQ(response.request_id(), "req-7");
  ASSERT_EQ(response.attempts().size(), 1U);
  EXPECT_EQ(response.attempts()[0].status(), 200);
  EXPECT_EQ(response.attempts()[0].model(), "m-1");
  EXPECT_GT(response.duration(), 0ns);
}

/// It would be taken for the answer to the next request.
TEST(KeptConnections, AreNotAskedAgainWhenMoreHasComeThanTheirAnswer) {
  std::promise<void> answered;
  std::promise<void> written;
  RawServer server([&](RawConnection& connection, int number) {
    connection.read_request();
    connection.write(http_answer(chat_answer("mine")));
    if (number > 0) return connection.wait_for_close();
    answered.get_future().wait();
    connection.write(http_answer(chat_answer("of somebody else")));
    written.set_value();
    connection.wait_for_close();
  });
  const Provider provider =
      create_provider(ModelConfig("m-1", providers::openai).base_url(server.url("/v1")).api_key("k"));
  EXPECT_EQ(provider.chat("Hi").content(), "mine");
  answered.set_value();
  written.get_future().wait();
  const Response second = provider.chat("Hi");
  EXPECT_EQ(second.content(), "mine");
  EXPECT_EQ(second.attempts().size(), 1U);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Calls, Blocking) {
  expect_hello(provider().chat(messages));
  const Result<Response> result = provider().try_chat(messages);
  ASSERT_TRUE(result);
  expect_hello(*result);
}

TEST_F(Calls, Callback) {
  std::promise<Result<Response>> promise;
  provider().async_chat(messages).then([&](Result<Response> result) { promise.set_value(std::move(result)); });
  const Result<Response> result = promise.get_future().get();
  ASSERT_TRUE(result) << result.error().what();
  expect_hello(*result);
}

// All arguments inside the co_await expression: g++ 12 corrupts memory there for aggregates, so nothing of ours is one.
Coroutine await_everything(const std::string& url) {
  const Response chat = co_await create_provider(ModelConfig("m-1", providers::openai).base_url(url).api_key("k"))
                            .async_chat(Messages().system("Be brief.").user("Hi"),
                                        Options().temperature(0.1).stop("a", "b").metadata("k", "v").deadline(10s));
  expect_hello(chat);
  const Result<Response> result =
      co_await create_provider(ModelConfig("m-1", providers::openai).base_url(url).api_key([] { return "k"; }),
                               ProviderOptions().callbacks(Callbacks().on_error([](const Request&, const Error&) {})))
          .async_chat(
              Messages().user("Hi").add(Message(Role::user).add(Part::text("x")).add(Part::image("y", "image/png"))),
              Options().tools(Tool("f", "d"), Tool("g", "d")).extra(R"({"x":1})").header("a", "b"))
          .as_result();
  EXPECT_TRUE(result) << result.error().what();
  Stream stream = create_provider(ModelConfig("m-1", providers::openai).base_url(url).api_key("k"))
                      .stream(Messages().user("Hi"), Options().response_format(JsonSchema(R"({"type":"object"})")));
  std::string text;
  while (const Chunk* chunk = co_await stream.next()) text += chunk->content();
  EXPECT_EQ(text, "Hello world");
  const Response collected = co_await create_provider(ModelConfig("m-1", providers::openai).base_url(url).api_key("k"))
                                 .stream(Messages().user("Hi"), Options().timeouts(Timeouts().connect(5s).idle(5s)))
                                 .async_collect();
  expect_hello(collected);
  const Response read = co_await create_provider(ModelConfig("m-1", providers::openai).base_url(url).api_key("k"))
                            .stream(Messages().user("Hi"))
                            .for_each([&text](const Chunk& chunk) { text += chunk.content(); });
  expect_hello(read);
  EXPECT_EQ(text, "Hello worldHello world");
}

TEST_F(Calls, CoAwaitWithEverythingInline) { await_everything(server.url("/v1")).wait(); }

Coroutine await_on(Provider provider, Executor executor, std::promise<std::thread::id>& where) {
  const Response response = co_await provider.async_chat("Hi").on(std::move(executor));
  EXPECT_EQ(response.content(), "Hello world");
  where.set_value(std::this_thread::get_id());
}

TEST_F(Calls, CoAwaitOnAnExecutor) {
  std::promise<std::thread::id> where;
  std::promise<std::thread> started;
  const Executor elsewhere = [&](std::function<void()> task) { started.set_value(std::thread(std::move(task))); };
  await_on(provider(), elsewhere, where).wait();
  std::thread worker = started.get_future().get();
  EXPECT_EQ(where.get_future().get(), worker.get_id());
  worker.join();
}

TEST_F(Calls, StreamGivesTypedChunksInOrder) {
  std::vector<ChunkKind> kinds;
  std::string text;
  for (const Chunk& chunk : provider().stream(messages)) {
    kinds.push_back(chunk.kind());
    text += chunk.content();
    if (chunk.kind() == ChunkKind::finish) {
      EXPECT_EQ(chunk.finish_reason(), FinishReason::stop);
    }
    if (chunk.kind() == ChunkKind::usage) {
      EXPECT_EQ(chunk.usage().output_tokens(), Count(3));
    }
  }
  EXPECT_EQ(text, "Hello world");
  ASSERT_GE(kinds.size(), 5U);
  EXPECT_EQ(kinds[0], ChunkKind::content);
  EXPECT_EQ(kinds[2], ChunkKind::content);
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), ChunkKind::finish), 1);
}

TEST_F(Calls, CollectEqualsTheWholeAnswer) {
  const Response whole = provider().chat(messages);
  Stream stream = provider().stream(messages);
  const Response collected = stream.collect();
  expect_hello(collected);
  EXPECT_EQ(collected.message(), whole.message());
  EXPECT_EQ(collected.usage(), whole.usage());
  EXPECT_EQ(collected.finish_reason(), whole.finish_reason());
  EXPECT_EQ(collected.id(), whole.id());
  EXPECT_TRUE(collected.first_content_after());
  ASSERT_NE(stream.response(), nullptr);
  EXPECT_EQ(stream.response()->content(), "Hello world");
}

TEST_F(Calls, CollectAfterSomeChunksGivesAll) {
  Stream stream = provider().stream(messages);
  auto chunk = stream.begin();
  EXPECT_EQ(chunk->content(), "Hello");
  EXPECT_EQ(stream.response(), nullptr);
  EXPECT_EQ(stream.collect().content(), "Hello world");
}

TEST_F(Calls, AReaderThatThrowsEndsItsStreamOnly) {
  const Provider p = provider();
  const Result<Response> result =
      p.stream(messages).for_each([](const Chunk&) { throw std::runtime_error("no more"); }).get_result();
  // All of this short answer may have arrived before the reader threw.
  if (!result) {
    EXPECT_EQ(result.error().kind(), ErrorKind::internal);
    EXPECT_NE(result.error().message().find("no more"), std::string::npos);
  }
  expect_hello(p.chat(messages));
}

TEST_F(Calls, AnUnstartedCallCostsNothing) {
  {
    const Provider p = provider();
    Stream stream = p.stream(messages);
    auto call = p.async_chat(messages);
    auto collect = stream.async_collect();
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(Calls, KeepsTheConnection) {
  const Provider p = provider();
  for (int i = 0; i < 5; ++i) p.chat(messages);
  for (int i = 0; i < 5; ++i) p.stream(messages).collect();
  // Whole answers and streams have connections of their own.
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Calls, ByNameWhenOnlyOneOfItsAddressesListens) {
  const Engine engine(EngineOptions().resolver([](const std::string&) {
    return std::vector<std::string>{"::1", "127.0.0.2", "127.0.0.1"};
  }));
  const Provider p = create_provider(config().base_url("http://some.test:" + std::to_string(server.port()) + "/v1"),
                                     ProviderOptions().engine(engine));
  for (int i = 0; i < 10; ++i) {
    expect_hello(p.chat(messages));
    expect_hello(p.stream(messages).collect());
  }
  std::vector<std::future<Response>> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(std::async(std::launch::async, [&] { return p.chat(messages); }));
  for (auto& call : calls) expect_hello(call.get());
}

TEST_F(Calls, OneProviderFromManyThreads) {
  const Provider p = provider();
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const Response r = t % 2 ? p.chat(messages) : p.stream(messages).collect();
        good += r.content() == "Hello world";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 160);
}

TEST_F(Calls, BlockingOnTheEnginesThreadFailsInsteadOfHanging) {
  std::promise<std::vector<ErrorKind>> promise;
  const Provider p = provider();
  p.async_chat(messages).then([&](Result<Response>) {
    std::vector<ErrorKind> kinds;
    const auto note = [&](auto&& call) {
      try {
        call();
      } catch (const Error& error) {
        kinds.push_back(error.kind());
      }
    };
    note([&] { p.chat(messages); });
    note([&] {
      for (const Chunk& chunk : p.stream(messages)) (void)chunk;
    });
    note([&] { p.stream(messages).collect(); });
    note([&] { p.list_models(); });
    kinds.push_back(p.try_chat(messages).error().kind());
    promise.set_value(kinds);
  });
  EXPECT_EQ(promise.get_future().get(), std::vector<ErrorKind>(5, ErrorKind::would_deadlock));
}

TEST_F(Calls, WhatACallbackThrowsIsContained) {
  std::promise<void> second;
  const Provider p = provider();
  p.async_chat(messages).then([](Result<Response>) { throw std::runtime_error("mine"); });
  p.async_chat(messages).then([&](Result<Response>) { second.set_value(); });
  EXPECT_EQ(second.get_future().wait_for(20s), std::future_status::ready);
}

}  // namespace
}  // namespace antiphon::test
