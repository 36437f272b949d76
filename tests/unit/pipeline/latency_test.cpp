#include "pipeline/latency.hpp"

#include <gtest/gtest.h>

#include <string>

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;

TEST(Latency, SaysNothingWithoutCalls) {
  const Latency latency;
  EXPECT_FALSE(latency.average());
  EXPECT_FALSE(latency.p95());
}

TEST(Latency, TheLastHandfulOfCallsDecidesTheAverage) {
  Latency latency;
  latency.add(100ms);
  EXPECT_EQ(latency.average(), 100ms);
  latency.add(200ms);
  EXPECT_EQ(latency.average(), 120ms);
  for (int i = 0; i < 30; ++i) latency.add(1s);
  EXPECT_GT(*latency.average(), 990ms);
}

TEST(Latency, TheSlowestOfTwentyIsNotWithinTheP95) {
  Latency latency;
  for (int i = 0; i < 19; ++i) latency.add((i + 1) * 10ms);
  EXPECT_FALSE(latency.p95());
  latency.add(5s);
  EXPECT_EQ(latency.p95(), 190ms);
}

TEST(Latency, OldCallsAreForgotten) {
  Latency latency;
  for (int i = 0; i < 64; ++i) latency.add(9s);
  for (int i = 0; i < 64; ++i) latency.add(1ms);
  EXPECT_EQ(latency.p95(), 1ms);
}

TEST(Latencies, AreKeptApartByModelAndKindOfAnswer) {
  Latencies latencies;
  latencies.of("a", true).add(1s);
  latencies.of("a", false).add(2s);
  latencies.of("b", true).add(3s);
  EXPECT_EQ(latencies.of("a", true).average(), 1s);
  EXPECT_EQ(latencies.of("a", false).average(), 2s);
  EXPECT_EQ(latencies.of("b", true).average(), 3s);
  EXPECT_FALSE(latencies.of("b", false).average());
}

TEST(Latencies, OnlySoManyModelsAreKept) {
  Latencies latencies;
  latencies.of("first", true).add(1s);
  latencies.of("second", true).add(1s);
  for (std::size_t i = 0; i + 1 < Latencies::most_models; ++i) {
    latencies.of(std::to_string(i), true);
    latencies.of("first", true);
  }
  EXPECT_TRUE(latencies.of("first", true).average()) << "it was asked last";
  EXPECT_FALSE(latencies.of("second", true).average());
}

}  // namespace
}  // namespace antiphon::pipeline
