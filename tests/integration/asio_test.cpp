#include <gtest/gtest.h>

#include <boost/asio.hpp>

#include <antiphon/antiphon.hpp>
#include <antiphon/asio.hpp>

#include "support/coroutine.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"

namespace antiphon::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

Provider provider_for(const RawServer& server) {
  return create_provider(ModelConfig("m-1", providers::openai).base_url(server.url("/v1")).api_key("k"));
}

asio::awaitable<void> talk(Provider provider, bool& done) {
  const auto here = std::this_thread::get_id();
  const Response response = co_await complete_with(provider.async_chat("Hi"), asio::use_awaitable);
  EXPECT_EQ(response.content(), "Hello");
  EXPECT_EQ(std::this_thread::get_id(), here);
  Stream stream = provider.stream("Hi");
  std::string text;
  while (const Chunk* chunk = co_await async_next(stream, asio::use_awaitable)) text += chunk->content();
  EXPECT_EQ(text, "Hello");
  EXPECT_EQ(std::this_thread::get_id(), here);
  try {
    co_await complete_with(provider.async_chat(Messages()), asio::use_awaitable);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
  }
  done = true;
}

TEST(Asio, UseAwaitable) {
  RawServer server(answering({"Hel", "lo"}));
  asio::io_context context;
  bool done = false;
  asio::co_spawn(context, talk(provider_for(server), done), asio::detached);
  context.run();
  EXPECT_TRUE(done);
}

TEST(Asio, UseFutureAndHandlers) {
  RawServer server(answering({"Hello"}));
  const Provider provider = provider_for(server);
  EXPECT_EQ(complete_with(provider.async_chat("Hi"), asio::use_future).get().content(), "Hello");
  asio::io_context context;
  std::string text;
  complete_with(provider.async_chat("Hi"), asio::bind_executor(context, [&](std::exception_ptr, Response response) {
                  text = response.content();
                }));
  context.run();
  EXPECT_EQ(text, "Hello");
}

TEST(Asio, CancellationReachesTheCall) {
  RawServer server(never_answering);
  const Provider provider = provider_for(server);
  asio::io_context context;
  asio::cancellation_signal signal;
  std::exception_ptr failure;
  complete_with(provider.async_chat("Hi"),
                asio::bind_cancellation_slot(
                    signal.slot(), asio::bind_executor(context, [&](std::exception_ptr e, Response) { failure = e; })));
  asio::post(context, [&] { signal.emit(asio::cancellation_type::terminal); });
  context.run();
  ASSERT_TRUE(failure);
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  }
}

TEST(Asio, ExecutorForPlainAwaiting) {
  RawServer server(answering({"Hello"}));
  asio::io_context context;
  auto work = asio::make_work_guard(context);
  std::thread::id there;
  [](Provider provider, asio::io_context& io, std::thread::id& id, auto& guard) -> Coroutine {
    const Response response = co_await provider.async_chat("Hi").on(asio_executor(io.get_executor()));
    EXPECT_EQ(response.content(), "Hello");
    id = std::this_thread::get_id();
    guard.reset();
  }(provider_for(server), context, there, work);
  context.run();
  EXPECT_EQ(there, std::this_thread::get_id());
}

}  // namespace
}  // namespace antiphon::test
