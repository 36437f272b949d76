#include <gtest/gtest.h>

#include "client.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const std::string timed_request = openai_chat("hi", R"(,"stream":true)");

TEST(Timing, WaitsWhereItIsToldTo) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["a", "b", "c"]},
    "timing": {"before_head_ms": 30, "before_body_ms": 40, "between_chunks_ms": 20}})"));
  Client client(simulator);
  const auto begin = Clock::now();
  client.send(timed_request);
  client.read_until("\r\n\r\n");
  const auto head = Clock::now();
  client.read_until("\"content\":\"a\"");
  const auto first = Clock::now();
  client.read_until("\"content\":\"c\"");
  const auto last = Clock::now();
  EXPECT_GE(head - begin, 30ms);
  EXPECT_GE(first - begin, 70ms);
  EXPECT_GE(last - begin, 110ms);
  EXPECT_TRUE(client.read_until("[DONE]\n\n").size() > 0);
}

TEST(Timing, AWholeAnswerCanBeHeldBackBehindItsHead) {
  Simulator simulator(rule(R"({"timing": {"before_body_ms": 30}})"));
  Client client(simulator);
  const auto begin = Clock::now();
  client.send(openai_chat("hi"));
  const Answer answer = read_answer(client);
  EXPECT_GE(Clock::now() - begin, 30ms);
  EXPECT_TRUE(answer.complete);
}

TEST(Timing, NeverAnswersAndSeesTheClientGoAtOnce) {
  Simulator simulator(rule(R"({"timing": {"never_answer": true}})"));
  Client client(simulator);
  client.send(openai_chat("hi"));
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 1, 10s));
  EXPECT_TRUE(client.is_quiet());
  EXPECT_EQ(simulator.stats().requests_open, 1u);
  const auto gone = Clock::now();
  client.close();
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, 10s));
  const SimulatorStamp seen = simulator.events(SimulatorEvent::disconnect).front();
  EXPECT_GE(seen.time, gone);
  EXPECT_LT(seen.time - gone, 500ms);
  EXPECT_EQ(seen.request, 1u);
  EXPECT_EQ(seen.connection, 1u);
  EXPECT_EQ(simulator.stats().requests_open, 0u);
  EXPECT_EQ(simulator.stats().answered, 0u);
}

TEST(Timing, SeesAClientGoWhileItWaitsToAnswer) {
  for (const char* timing :
       {R"({"before_head_ms": 600000})", R"({"before_body_ms": 600000})", R"({"between_chunks_ms": 600000})",
        R"({"stop_after_chunks": 1})", R"({"stop_after_bytes": 10})"}) {
    Simulator simulator(rule(R"({"timing": )" + std::string(timing) + "}"));
    Client client(simulator);
    client.send(timed_request);
    ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 1, 10s));
    client.close();
    EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, 10s)) << timing;
    EXPECT_EQ(simulator.stats().streams_open, 0u);
  }
}

TEST(Timing, StopsForEver) {
  Simulator chunks(rule(R"({"answer": {"chunks": ["a", "b", "c"]}, "timing": {"stop_after_chunks": 2}})"));
  Client client(chunks);
  client.send(timed_request);
  EXPECT_NE(client.read_until("\"content\":\"b\"").find("\"content\":\"a\""), std::string::npos);
  client.read_until("\n\n\r\n");
  EXPECT_TRUE(client.is_quiet());
  EXPECT_EQ(chunks.stats().streams_open, 1u);

  Simulator bytes(rule(R"({"timing": {"stop_after_bytes": 33}})"));
  Client other(bytes);
  other.send(openai_chat("hi"));
  other.read_until("\r\n\r\n");
  EXPECT_EQ(other.read_bytes(33).size(), 33u);
  EXPECT_TRUE(other.is_quiet());
}

TEST(Timing, PingsWhileItSaysNothing) {
  Simulator simulator(rule(R"({"timing": {"stop_after_chunks": 0, "ping_every_ms": 5}})"));
  Client client(simulator);
  client.send(timed_request);
  client.read_until("\r\n\r\n");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.read_until(": ping\n\n\r\n"), "8\r\n: ping\n\n\r\n");
}

TEST(Timing, PingsAreBlankLinesWhereThereAreNoComments) {
  Simulator simulator(rule(R"({"timing": {"before_body_ms": 60, "ping_every_ms": 5}})"));
  for (const std::string& request : {openai_chat("hi"), ollama_chat("hi")}) {
    const Answer answer = ask(simulator, request);
    EXPECT_TRUE(answer.complete);
    EXPECT_EQ(answer.body.substr(0, 2), "\n\n");
    EXPECT_NE(answer.body.find("{\""), std::string::npos);
  }
}

TEST(Timing, HoldsBackAWriterWhomNobodyReads) {
  Simulator simulator(rule(R"({"answer": {"generate": {"chunks": 200000, "chunk_bytes": 1000}}})"));
  Client client(simulator);
  client.limit_receive_buffer(65536);
  client.send(timed_request);
  client.read_until("\r\n\r\n");
  // The system takes what its buffers hold and no more: two looks in a row find the same figure.
  std::uint64_t before = 0;
  std::uint64_t now = simulator.stats().bytes_written;
  for (int same = 0; same < 50;) {
    before = now;
    Client other(simulator);
    other.send(request_text("GET", "/v1/models", "", "Connection: close\r\n"));
    other.read_all();
    now = simulator.stats().bytes_written;
    same = now - before < 2000 ? same + 1 : 0;
    ASSERT_LT(now, 100'000'000u);
  }
  EXPECT_LT(now, 30'000'000u);
  // It goes on when the client does.
  const std::size_t more = static_cast<std::size_t>(now) + 1'000'000;
  EXPECT_EQ(client.read_bytes(more).size(), more);
  client.close();
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, 10s));
}

}  // namespace
}  // namespace antiphon::test
