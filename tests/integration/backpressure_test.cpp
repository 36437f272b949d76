// Readers that stop reading, against a simulator in a process of its own. A program by itself: it looks at its memory.

#include <gtest/gtest.h>

#include <fstream>

#include <antiphon/antiphon.hpp>

#include "support/simulator_process.hpp"

namespace antiphon::test {
namespace {

[[maybe_unused]] long resident_kib() {
  std::ifstream statm("/proc/self/statm");
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return resident * 4;
}

/// By name, as users have it: a numeric address would never look anything up.
ModelConfig config_for(const SimulatorProcess& simulator) {
  return ModelConfig("m-1", providers::openai)
      .base_url("http://localhost:" + std::to_string(simulator.port()) + "/v1")
      .api_key("k");
}

struct Way {
  const char* name;
  const char* scenario;
};

class SlowReader : public testing::TestWithParam<Way> {};

TEST_P(SlowReader, HoldsTheSenderBackAndStaysSmall) {
  SimulatorProcess simulator(GetParam().scenario);
  ModelConfig config = config_for(simulator);
  const std::string way = GetParam().name;
  if (way == "Tls" || way == "Http2") {
    config.base_url("https://localhost:" + std::to_string(simulator.port()) + "/v1");
    config.tls(TlsOptions().ca_file(simulator.ca_file()));
  }
  if (way == "Tls") config.http_version(HttpVersion::http1);
  const Provider provider = create_provider(config);
  Stream stream = provider.stream("Hi");
  auto chunk = stream.begin();
  EXPECT_FALSE(chunk->text().empty());
  EXPECT_EQ(simulator.requests().back().http_version, way == "Http2" ? "2" : "1.1");

  // Beside it other calls go on; the sender fills what there is to fill, and then nothing but those calls is written.
  constexpr std::uint64_t most_of_one_chat = 2'000;
  constexpr std::uint64_t least_that_fills = 1'000'000;
  std::uint64_t written = 0;
  for (int quiet = 0; quiet < 50;) {
    EXPECT_FALSE(provider.chat("beside").content().empty());
    const SimulatorStats now = simulator.stats();
    ASSERT_EQ(now.streams_open, 1U) << "it was not held back, and has said all";
    const bool still = now.bytes_written - written < most_of_one_chat && written > least_that_fills;
    quiet = still ? quiet + 1 : 0;
    written = now.bytes_written;
  }
#ifdef NDEBUG
  EXPECT_LT(resident_kib(), 30 * 1024);
#endif
  // And it goes on where it stopped.
  for (int i = 0; i < 1000; ++i) ++chunk;
  EXPECT_FALSE(chunk->text().empty());
}

const char* const big = R"({"rules": [
  {"match": {"body_contains": "beside"}, "answer": {"text": "fine"}},
  {"answer": {"generate": {"chunks": 200000, "chunk_bytes": 1000}}}]})";
const char* const big_gzip = R"({"rules": [
  {"match": {"body_contains": "beside"}, "answer": {"text": "fine"}},
  {"answer": {"generate": {"chunks": 200000, "chunk_bytes": 1000}}, "fault": {"gzip": true}}]})";
const char* const big_tls = R"({"tls": true, "rules": [
  {"match": {"body_contains": "beside"}, "answer": {"text": "fine"}},
  {"answer": {"generate": {"chunks": 200000, "chunk_bytes": 1000}}}]})";

INSTANTIATE_TEST_SUITE_P(Ways, SlowReader,
                         testing::Values(Way{"Http1", big}, Way{"Tls", big_tls}, Way{"Http2", big_tls},
                                         Way{"Gzip", big_gzip}),
                         [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace antiphon::test
