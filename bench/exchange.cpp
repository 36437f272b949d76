// What an exchange costs, against the same exchange on bare libcurl and simdjson, in one run:
// exchange [chats|reliability|paced|back-to-back|memory|start]…
// `exchange profile` runs nothing but our own chats, for a profiler or a count of system calls; `profile-bare` and
// `profile-bare-asio` the same chats of the yardsticks, `profile-paced`, `profile-paced-bare`, `profile-paced-asio` and
// `profile-paced-one-loop` the paced streams.

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <cstdio>
#include <cstring>
#include <future>
#include <set>
#include <thread>

#include <antiphon/antiphon.hpp>
#include <antiphon/asio.hpp>

#include "bare_client.hpp"
#include "measure.hpp"
#include "server_process.hpp"
#include "support/coroutine.hpp"
#include "support/openai_wire.hpp"

namespace antiphon::bench {
namespace {

using namespace std::chrono_literals;

constexpr int chats = 4000;
constexpr int in_flight = 16;
constexpr int paced_streams = 20;
constexpr int paced_chunks = 100;
constexpr int fast_chunks = 200'000;
constexpr int open_streams = 1000;

const std::string question(200, 'q');
const std::string chat_body = R"({"model":"m-1","messages":[{"role":"user","content":")" + question + R"("}]})";
const std::string stream_body = R"({"model":"m-1","messages":[{"role":"user","content":")" + question +
                                R"("}],"stream":true,"stream_options":{"include_usage":true}})";

/// What the server does depends on the model that is asked for: m-paced, m-fast, m-open, else a whole answer of 1 KB.
void serve(test::RawConnection& connection, int) {
  const std::string answer = test::http_answer(test::chat_answer(std::string(800, 'a')));
  const std::string chunk = test::http_chunk(test::chunk_event(" word"));
  std::string request;
  while (!(request = connection.read_request()).empty()) {
    if (request.find("/paced/") != request.npos) {
      connection.write(test::stream_head());
      for (int i = 0; i < paced_chunks; ++i) {
        std::this_thread::sleep_for(5ms);
        connection.write(chunk);
      }
      connection.write(test::http_chunk(test::finish_events()) + "0\r\n\r\n");
    } else if (request.find("/fast/") != request.npos) {
      std::string many;
      for (int i = 0; i < 1000; ++i) many += chunk;
      connection.write(test::stream_head());
      for (int i = 0; i < fast_chunks / 1000; ++i) connection.write(many);
      connection.write(test::http_chunk(test::finish_events()) + "0\r\n\r\n");
    } else if (request.find("/open/") != request.npos) {
      connection.write(test::stream_head() + chunk);
      connection.wait_for_close();
    } else {
      connection.write(answer);
    }
  }
}

Provider provider_at(const std::string& url) {
  return create_provider(ModelConfig("m-1", providers::openai).base_url(url).api_key("key"));
}

/// One attempt, no other provider, nothing counted.
Provider careless_at(const std::string& url) {
  return create_provider(
      ModelConfig("m-1", providers::openai).base_url(url).api_key("key").retry_config(RetryConfig().max_attempts(1)));
}

/// Everything for the bad day: retry, limits with their gate, two links with their breakers, a hedge ready to go.
Provider careful_at(const std::string& url) {
  const auto limits =
      Limits().max_concurrent(1000).requests_per_minute(1'000'000'000).tokens_per_minute(1'000'000'000'000);
  const auto link = [&](const char* key) {
    return create_provider(ModelConfig("m-1", providers::openai).base_url(url).api_key(key).limits(limits));
  };
  return FallbackProvider(FallbackConfig().link(link("key")).link(link("other")).hedge(HedgeConfig().delay(10s)));
}

void our_chats(const Provider& provider, int count) {
  std::promise<void> done;
  int started = 0;
  int ended = 0;
  const Messages messages = Messages().user(question);
  // Started and continued on the engine's thread, as a program of coroutines does.
  std::function<void()> next = [&] {
    if (started++ >= count) return;
    provider.async_chat(messages).then([&](Result<Response> response) {
      if (!response) std::abort();
      if (++ended == count) return done.set_value();
      next();
    });
  };
  for (int i = 0; i < in_flight; ++i) next();
  done.get_future().wait();
}

void blocking_chats(const Provider& provider, int count) {
  std::vector<std::thread> threads;
  for (int t = 0; t < in_flight; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < count / in_flight; ++i) provider.chat(question);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

test::Coroutine read_all(Provider provider) {
  Stream stream = provider.stream(Messages().user(question));
  while (const Chunk* chunk = co_await stream.next()) {
    if (chunk->text().size() > 1000) std::abort();
  }
}

void our_streams(const Provider& provider, int count) {
  std::vector<test::Coroutine> readers;
  for (int i = 0; i < count; ++i) readers.push_back(read_all(provider));
  for (test::Coroutine& reader : readers) reader.wait();
}

boost::asio::awaitable<void> read_on_asio(Provider provider) {
  Stream stream = provider.stream(Messages().user(question));
  while (const Chunk* chunk = co_await async_next(stream, boost::asio::use_awaitable)) {
    if (chunk->text().size() > 1000) std::abort();
  }
}

void asio_streams(const Provider& provider, int count) {
  boost::asio::io_context context;
  for (int i = 0; i < count; ++i) boost::asio::co_spawn(context, read_on_asio(provider), boost::asio::detached);
  context.run();
}

/// The same program, with its engine on its own loop.
class OneLoop {
 public:
  explicit OneLoop(const std::string& url)
      : provider_(create_provider(ModelConfig("m-1", providers::openai).base_url(url).api_key("key"),
                                  ProviderOptions().engine(engine_))) {}

  void streams(int count) {
    context_.restart();
    for (int i = 0; i < count; ++i) boost::asio::co_spawn(context_, read_on_asio(provider_), boost::asio::detached);
    context_.run();
  }

 private:
  boost::asio::io_context context_{1};
  AsioScheduler scheduler_{context_};
  Engine engine_{EngineOptions().scheduler(scheduler_)};
  Provider provider_;
};

void blocking_streams(const Provider& provider, int count) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&] {
      for (const Chunk& chunk : provider.stream(question)) {
        if (chunk.text().size() > 1000) std::abort();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// The yardsticks: bare libcurl and simdjson on epoll, and on the loop that ours has.
class Bare {
 public:
  Contender chats(const std::string& url, int count) {
    return {"bare libcurl and simdjson", [=, this] { check(epoll_.chats(url + chat, chat_body, count, in_flight)); }};
  }
  Contender chats_on_asio(const std::string& url, int count) {
    return {"the same on an Asio loop", [=, this] { check(asio_.chats(url + chat, chat_body, count, in_flight)); }};
  }
  Contender streams(const std::string& url, int count) {
    return {"bare libcurl and simdjson", [=, this] { check(epoll_.streams(url + chat, stream_body, count)); }};
  }
  Contender streams_on_asio(const std::string& url, int count) {
    return {"the same on an Asio loop", [=, this] { check(asio_.streams(url + chat, stream_body, count)); }};
  }

 private:
  static constexpr const char* chat = "/chat/completions";
  static void check(std::size_t got) {
    if (got == 0) std::abort();
  }

  BareClient epoll_{&epoll_loop};
  BareClient asio_{&asio_loop};
};

void compare_chats(const std::string& url) {
  Bare bare;
  const Provider provider = provider_at(url);
  compare("CPU per chat of 1 KB, 16 in flight", chats, 9, 2,
          {bare.chats(url, chats),
           bare.chats_on_asio(url, chats),
           {"antiphon, engine's thread", [&] { our_chats(provider, chats); }},
           {"antiphon, 16 blocked threads", [&] { blocking_chats(provider, chats); }, true}});
}

void compare_reliability(const std::string& url) {
  Bare bare;
  const Provider careless = careless_at(url);
  const Provider careful = careful_at(url);
  const Contender without{"antiphon, one attempt, one link", [&] { our_chats(careless, chats); }};
  const Contender with{"with retry, fallback, limits, hedge", [&] { our_chats(careful, chats); }};
  compare("CPU per chat of 1 KB, 16 in flight, ready for everything and nothing fails", chats, 15, 1, {without, with});
  compare("The same, against bare", chats, 9, 2,
          {bare.chats(url, chats), bare.chats_on_asio(url, chats), without, with});
}

/// One way alone, for a profiler. False when there is none of that name.
bool run_alone(const std::string& name, const std::string& url) {
  Bare bare;
  const Provider careful = careful_at(url);
  const Provider paced = provider_at(url + "/paced");
  if (name == "profile") {
    our_chats(careful, 2 * chats);
  } else if (name == "profile-bare") {
    bare.chats(url, 2 * chats).run();
  } else if (name == "profile-bare-asio") {
    bare.chats_on_asio(url, 2 * chats).run();
  } else if (name == "profile-paced") {
    our_streams(paced, paced_streams);
  } else if (name == "profile-paced-bare") {
    bare.streams(url + "/paced", paced_streams).run();
  } else if (name == "profile-paced-asio") {
    asio_streams(paced, paced_streams);
  } else if (name == "profile-paced-one-loop") {
    OneLoop(url + "/paced").streams(paced_streams);
  } else {
    return false;
  }
  return true;
}

void compare_paced(const std::string& url) {
  Bare bare;
  const Provider provider = provider_at(url + "/paced");
  OneLoop one_loop(url + "/paced");
  compare("CPU per chunk, 20 streams of one chunk every 5 ms", paced_streams * paced_chunks, 21, 2,
          {bare.streams(url + "/paced", paced_streams),
           bare.streams_on_asio(url + "/paced", paced_streams),
           {"antiphon, engine's thread", [&] { our_streams(provider, paced_streams); }},
           {"antiphon, Asio, one loop for both", [&] { one_loop.streams(paced_streams); }},
           {"antiphon, Asio on another thread", [&] { asio_streams(provider, paced_streams); }, true},
           {"antiphon, blocked threads", [&] { blocking_streams(provider, paced_streams); }, true}});
}

void compare_back_to_back(const std::string& url) {
  Bare bare;
  const Provider provider = provider_at(url + "/fast");
  compare("CPU per chunk, back to back", fast_chunks, 7, 2,
          {bare.streams(url + "/fast", 1),
           bare.streams_on_asio(url + "/fast", 1),
           {"antiphon, engine's thread", [&] { our_streams(provider, 1); }},
           {"antiphon, blocked thread", [&] { blocking_streams(provider, 1); }, true}});
}

void measure_memory(const std::string& url) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const Provider provider = provider_at(url + "/open");
  std::vector<Stream> streams;
  const long before = resident_kib();
  for (int i = 0; i < open_streams; ++i) {
    streams.push_back(provider.stream(question));
    if (streams.back().begin()->content() != " word") std::abort();
  }
  const long after = resident_kib();
  std::printf("\n1,000 open streams\n  in all %.1f MB, %.1f KB each\n", static_cast<double>(after) / 1024,
              static_cast<double>(after - before) / open_streams);
}

/// A program that does one chat, timed as a whole.
void measure_start(const std::string& url) {
  const std::string program = ANTIPHON_BINARY_DIR "/antiphon_bench_one_chat";
  const char* const arguments[] = {program.c_str(), url.c_str(), nullptr};
  std::vector<double> times;
  long most_kib = 0;
  for (int round = 0; round < 21; ++round) {
    const auto start = std::chrono::steady_clock::now();
    pid_t process = 0;
    int status = 0;
    rusage usage{};
    if (posix_spawn(&process, program.c_str(), nullptr, nullptr, const_cast<char**>(arguments), nullptr) != 0)
      std::abort();
    wait4(process, &status, 0, &usage);
    if (status != 0) std::abort();
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    most_kib = std::max(most_kib, usage.ru_maxrss);
  }
  std::sort(times.begin(), times.end());
  std::printf("\nA program that does one chat\n  %.1f ms, %.1f MB\n", times[times.size() / 2],
              static_cast<double>(most_kib) / 1024);
}

}  // namespace
}  // namespace antiphon::bench

int main(int argc, char** argv) {
  using namespace antiphon::bench;
  const ServerProcess server(&serve);
  served_by(server.process());
  if (argc == 2 && run_alone(argv[1], server.url())) return 0;
  std::set<std::string> wanted(argv + 1, argv + argc);
  const auto want = [&](const char* name) { return wanted.empty() || wanted.contains(name); };
  if (want("start")) measure_start(server.url());
  if (want("memory")) measure_memory(server.url());
  if (want("chats")) compare_chats(server.url());
  if (want("reliability")) compare_reliability(server.url());
  if (want("paced")) compare_paced(server.url());
  if (want("back-to-back")) compare_back_to_back(server.url());
}
