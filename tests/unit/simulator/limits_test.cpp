#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <memory>

#include "client.hpp"
#include "support/threads.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

long resident_kib() {
  std::ifstream statm("/proc/self/statm");
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return resident * 4;
}

TEST(Limits, RaisesTheLimitOfOpenFiles) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  rlimit low = limit;
  low.rlim_cur = 256;
  setrlimit(RLIMIT_NOFILE, &low);
  Simulator simulator;
  getrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
}

TEST(Limits, HoldsFiveThousandUnansweredConnectionsOnOneThread) {
  Simulator simulator(rule(R"({"timing": {"never_answer": true}})"));
  const std::size_t before = threads_of_this_process();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 5000; ++i) {
    clients.push_back(std::make_unique<Client>(simulator));
    clients.back()->send(openai_chat("hi"));
  }
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 5000, 60s));
  EXPECT_EQ(simulator.stats().connections_open, 5000u);
  EXPECT_EQ(simulator.stats().requests_open, 5000u);
  EXPECT_EQ(threads_of_this_process(), before);
  clients.clear();
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 5000, 60s));
  EXPECT_EQ(simulator.stats().requests_open, 0u);
}

TEST(Limits, HoldsAThousandOpenStreams) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["one", "two"]}, "timing": {"stop_after_chunks": 1}})"));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(std::make_unique<Client>(simulator));
    clients.back()->send(openai_chat("hi", R"(,"stream":true)"));
    EXPECT_NE(clients.back()->read_until("\"one\"").size(), 0u);
  }
  EXPECT_EQ(simulator.stats().streams_open, 1000u);
  EXPECT_EQ(ask(simulator, request_text("GET", "/v1/models")).status, 200);
}

TEST(Limits, NeverHoldsWhatItMakesOnTheFly) {
  Simulator simulator(rule(R"({"answer": {"generate": {"chunks": 100, "chunk_bytes": 1000000}}})"));
  for (const char* more : {R"(,"stream":true)", ""}) {
    Client client(simulator);
    client.send(openai_chat("hi", more));
    client.read_bytes(1'000'000);
    const long begin = resident_kib();
    std::size_t size = 0;
    for (std::string piece = client.read_some(); size < 95'000'000 && !piece.empty(); piece = client.read_some()) {
      size += piece.size();
    }
    EXPECT_GE(size, 95'000'000u);
#ifdef NDEBUG
    EXPECT_LT(resident_kib() - begin, 30'000);
#else
    EXPECT_GT(begin, 0);
#endif
  }
}

TEST(Limits, SendsAnEventOfFiftyMegabytes) {
  Simulator simulator(rule(R"({"answer": {"generate": {"chunks": 1, "chunk_bytes": 52428800}}})"));
  const auto events = ask(simulator, openai_chat("hi", R"(,"stream":true)")).events();
  ASSERT_EQ(events.size(), 4u);
  EXPECT_GT(events[1].size(), 52428800u);
}

TEST(Limits, EndsWithEverythingUnderWay) {
  std::vector<std::unique_ptr<Client>> clients;
  {
    Simulator simulator(rule(R"({"answer": {"generate": {"chunks": 1000000, "chunk_bytes": 1000}}})"));
    for (int i = 0; i < 20; ++i) {
      clients.push_back(std::make_unique<Client>(simulator));
      clients.back()->send(openai_chat("hi", i % 2 ? R"(,"stream":true)" : ""));
    }
    ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 20, 10s));
  }
  for (const auto& client : clients) client->read_all();
}

}  // namespace
}  // namespace antiphon::test
