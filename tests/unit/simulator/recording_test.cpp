#include <gtest/gtest.h>

#include <thread>

#include "client.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

Answer control(const Simulator& simulator, std::string_view method, std::string_view target,
               std::string_view body = "") {
  return ask(simulator, request_text(method, target, body));
}

TEST(Recording, KeepsWhatArrived) {
  Simulator simulator;
  const auto begin = std::chrono::steady_clock::now();
  Client client(simulator);
  client.send(request_text("POST", "/v1/chat/completions?a=b", "not json", "X-One: 1\r\nX-one: 2\r\n"));
  read_answer(client);
  ask(simulator, ollama_chat("hi"));
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 2u);
  const RecordedRequest& first = requests[0];
  EXPECT_EQ(first.method, "POST");
  EXPECT_EQ(first.target, "/v1/chat/completions?a=b");
  EXPECT_EQ(first.path(), "/v1/chat/completions");
  EXPECT_EQ(first.body, "not json");
  EXPECT_EQ(first.header("x-ONE"), "1");
  EXPECT_EQ(first.header("none"), "");
  EXPECT_EQ(first.headers.size(), 4u);
  EXPECT_EQ(first.http_version, "1.1");
  EXPECT_EQ(first.connection, 1u);
  EXPECT_EQ(first.rule, -1);
  EXPECT_GE(first.time, begin);
  EXPECT_EQ(requests[1].connection, 2u);
}

TEST(Recording, CountsAndStampsEvents) {
  Simulator simulator;
  {
    Client client(simulator);
    client.send(openai_chat("a"));
    read_answer(client);
    client.send(openai_chat("b"));
    read_answer(client);
  }
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::close, 1, 10s));
  const SimulatorStats stats = simulator.stats();
  EXPECT_EQ(stats.connections_accepted, 1u);
  EXPECT_EQ(stats.connections_open, 0u);
  EXPECT_EQ(stats.requests, 2u);
  EXPECT_EQ(stats.requests_open, 0u);
  EXPECT_EQ(stats.requests_open_peak, 1u);
  EXPECT_EQ(stats.answered, 2u);
  EXPECT_EQ(stats.disconnects, 0u) << "a connection that waits for nothing may be closed";
  EXPECT_GT(stats.bytes_written, 500u);
  EXPECT_EQ(stats.newest_connection_bytes_written, stats.bytes_written);
  const auto requests = simulator.events(SimulatorEvent::request);
  const auto answers = simulator.events(SimulatorEvent::answered);
  EXPECT_EQ(requests[1].request, 2u);
  EXPECT_LE(requests[0].time, answers[0].time);
  EXPECT_LE(answers[0].time, requests[1].time);
}

TEST(Recording, CountsAConnectionThatSaysNothing) {
  Simulator simulator;
  Client client(simulator);
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::connection, 1, 10s));
  EXPECT_EQ(simulator.stats().connections_open, 1u);
  { Client short_lived(simulator); }
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::close, 1, 10s));
  EXPECT_EQ(simulator.stats().connections_accepted, 2u);
}

TEST(Recording, KnowsTheMostThatWereOpen) {
  Simulator simulator(rule(R"({"timing": {"never_answer": true}})"));
  {
    Client one(simulator);
    Client two(simulator);
    one.send(openai_chat("a"));
    two.send(openai_chat("a"));
    ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 2, 10s));
  }
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 2, 10s));
  EXPECT_EQ(simulator.stats().requests_open, 0u);
  EXPECT_EQ(simulator.stats().requests_open_peak, 2u);
}

TEST(Recording, ForgetsOnReset) {
  Simulator simulator;
  ask(simulator, openai_chat("a"));
  simulator.reset();
  EXPECT_TRUE(simulator.requests().empty());
  EXPECT_EQ(simulator.stats().requests, 0u);
  EXPECT_EQ(simulator.stats().bytes_written, 0u);
  EXPECT_EQ(simulator.count(SimulatorEvent::request), 0u);
  EXPECT_TRUE(simulator.events(SimulatorEvent::request).empty());
}

TEST(Recording, WaitingEndsInTime) {
  Simulator simulator;
  EXPECT_FALSE(simulator.wait_for(SimulatorEvent::request, 1, 1ms));
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::request, 0, 1ms));
}

TEST(Recording, ForgetsTheOldestWhenThereAreTooMany) {
  Simulator simulator;
  const std::string big(1'000'000, 'x');
  Client client(simulator);
  for (int i = 0; i < 150; ++i) {
    client.send(request_text("POST", "/v1/models", big));
    read_answer(client);
  }
  const auto requests = simulator.requests();
  EXPECT_GT(requests.size(), 100u);
  EXPECT_LT(requests.size(), 140u);
  EXPECT_EQ(simulator.stats().requests_forgotten, 150u - requests.size());
  EXPECT_EQ(simulator.stats().requests, 150u);
}

TEST(Control, IsNeitherRecordedNorCounted) {
  Simulator simulator;
  for (const char* target : {"/_simulator/stats", "/_simulator/requests", "/_simulator/nothing"}) {
    control(simulator, "GET", target);
  }
  Client kept(simulator);
  kept.send(request_text("GET", "/_simulator/stats"));
  const Json stats(read_answer(kept).body);
  EXPECT_EQ(stats.number("/connections_accepted"), 0);
  EXPECT_EQ(stats.number("/bytes_written"), 0);
  EXPECT_EQ(simulator.count(SimulatorEvent::connection), 0u);
  EXPECT_EQ(simulator.count(SimulatorEvent::close), 0u);
  EXPECT_TRUE(simulator.requests().empty());
}

TEST(Control, TellsWhatTheProgrammingInterfaceTells) {
  Simulator simulator;
  Client client(simulator);
  client.send(request_text("POST", "/v1/models", "\xff\x01"));
  read_answer(client);
  client.send(openai_chat("näh"));
  read_answer(client);
  const Json requests(control(simulator, "GET", "/_simulator/requests").body);
  EXPECT_EQ(requests.text("/0/body_base64"), "/wE=");
  EXPECT_EQ(requests.text("/1/body"), simulator.requests()[1].body);
  EXPECT_EQ(requests.text("/1/method"), "POST");
  EXPECT_EQ(requests.text("/1/target"), "/v1/chat/completions");
  EXPECT_EQ(requests.minified("/1/headers/0"), R"(["Host","localhost"])");
  EXPECT_EQ(requests.number("/1/connection"), 1);
  EXPECT_EQ(requests.text("/1/http_version"), "1.1");
  EXPECT_EQ(requests.number("/1/rule"), -1);
  const auto since_boot = simulator.requests()[1].time.time_since_epoch();
  EXPECT_EQ(requests.number("/1/at_ns"), std::chrono::nanoseconds(since_boot).count());
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::answered, 2, 10s));
  const SimulatorStats stats = simulator.stats();
  const Json told(control(simulator, "GET", "/_simulator/stats").body);
  EXPECT_EQ(told.number("/connections_accepted"), 1);
  EXPECT_EQ(told.number("/connections_open"), 1);
  EXPECT_EQ(told.number("/requests"), 2);
  EXPECT_EQ(told.number("/requests_open"), 0);
  EXPECT_EQ(told.number("/requests_open_peak"), 1);
  EXPECT_EQ(told.number("/streams_open"), 0);
  EXPECT_EQ(told.number("/answered"), 2);
  EXPECT_EQ(told.number("/disconnects"), 0);
  EXPECT_EQ(told.number("/bytes_written"), static_cast<std::int64_t>(stats.bytes_written));
  EXPECT_EQ(told.number("/newest_connection_bytes_written"), static_cast<std::int64_t>(stats.bytes_written));
  EXPECT_EQ(told.number("/requests_forgotten"), 0);
}

TEST(Control, WaitsForEvents) {
  Simulator simulator(rule(R"({"timing": {"never_answer": true}})"));
  Client waiting(simulator);
  waiting.send(request_text("GET", "/_simulator/wait?event=disconnect&count=2&timeout_ms=60000"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(waiting.is_quiet());
    Client client(simulator);
    client.send(openai_chat("hi"));
    ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, static_cast<std::uint64_t>(i) + 1, 10s));
  }
  const Json seen(read_answer(waiting).body);
  EXPECT_EQ(seen.minified("/reached"), "true");
  EXPECT_EQ(seen.text("/event"), "disconnect");
  EXPECT_EQ(seen.number("/count"), 2);
  EXPECT_EQ(seen.number("/events/1/connection"), 2);
  EXPECT_EQ(seen.number("/events/1/request"), 2);
  EXPECT_LE(seen.number("/events/0/at_ns"), seen.number("/events/1/at_ns"));
  EXPECT_LE(seen.number("/events/1/at_ns"), seen.number("/now_ns"));
}

TEST(Control, WaitingEndsInTimeAndChecksItsQuestion) {
  Simulator simulator;
  const Answer late = control(simulator, "GET", "/_simulator/wait?event=request&timeout_ms=1");
  EXPECT_EQ(late.status, 200);
  EXPECT_EQ(Json(late.body).minified("/reached"), "false");
  for (const char* query : {"", "?event=what", "?event=request&count=x", "?event=request&timeout_ms=600001"}) {
    EXPECT_EQ(control(simulator, "GET", std::string("/_simulator/wait") + query).status, 400) << query;
  }
  EXPECT_EQ(control(simulator, "PUT", "/_simulator/stats").status, 404);
}

TEST(Control, ReplacesTheScenarioAndResets) {
  Simulator simulator;
  EXPECT_EQ(control(simulator, "POST", "/_simulator/scenario", R"({"rules": [{"times": 1, "status": 418}]})").status,
            200);
  EXPECT_EQ(ask(simulator, openai_chat("a")).status, 418);
  EXPECT_EQ(ask(simulator, openai_chat("a")).status, 200);
  EXPECT_EQ(control(simulator, "POST", "/_simulator/reset").status, 200);
  EXPECT_EQ(ask(simulator, openai_chat("a")).status, 418);
  EXPECT_EQ(simulator.stats().requests, 1u);
  const Answer wrong = control(simulator, "POST", "/_simulator/scenario", R"({"rules": [{"time": 1}]})");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(Json(wrong.body).text("/error"), "rules/0/time: unknown key");
  EXPECT_EQ(Json(control(simulator, "POST", "/_simulator/scenario", R"({"port": 1})").body).text("/error"),
            "port: cannot be changed while the simulator runs");
}

TEST(Control, MayBeAskedFromManyThreads) {
  Simulator simulator;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&simulator] {
      for (int j = 0; j < 20; ++j) {
        ask(simulator, openai_chat("hi"));
        simulator.requests();
        simulator.stats();
        simulator.set_scenario(Scenario());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(simulator.stats().requests, 80u);
}

}  // namespace
}  // namespace antiphon::test
