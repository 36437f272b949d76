// A program on Boost.Asio that has its engine on its own loop: one thread, and no wake-up between the socket and the
// coroutine that reads.

#include <antiphon/antiphon.hpp>
#include <antiphon/asio.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <iostream>

using namespace antiphon;
using boost::asio::use_awaitable;

boost::asio::awaitable<void> tell(Provider provider, const char* about) {
  Stream stream = provider.stream(Messages().user(about));
  std::string text;
  while (const Chunk* chunk = co_await async_next(stream, use_awaitable)) text += chunk->content();
  std::cout << about << '\n' << text << "\n\n";
}

int main() try {
  boost::asio::io_context io;
  AsioScheduler scheduler(io);
  Engine engine(EngineOptions().scheduler(scheduler));
  Provider provider = create_provider("openai/gpt-4o-mini", ProviderOptions().engine(engine));

  const auto ended = [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  };
  boost::asio::co_spawn(io, tell(provider, "Tell me about the sea."), ended);
  boost::asio::co_spawn(io, tell(provider, "Tell me about the sky."), ended);
  io.run();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
