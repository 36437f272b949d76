#include <cstdint>

#include "harness.hpp"
#include "wire/crc32.hpp"

namespace antiphon::bench {
namespace {

void add_number(std::string& bytes, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
}

void add_header(std::string& headers, std::string_view name, std::string_view value) {
  headers += static_cast<char>(name.size());
  headers.append(name).append({7, 0, static_cast<char>(value.size())}).append(value);
}

std::string frame(const std::string& event, const std::string& payload) {
  std::string headers;
  add_header(headers, ":event-type", event);
  add_header(headers, ":content-type", "application/json");
  add_header(headers, ":message-type", "event");
  std::string bytes;
  add_number(bytes, static_cast<std::uint32_t>(headers.size() + payload.size() + 16));
  add_number(bytes, static_cast<std::uint32_t>(headers.size()));
  add_number(bytes, wire::crc32(bytes));
  bytes += headers + payload;
  add_number(bytes, wire::crc32(bytes));
  return bytes;
}

/// With the padding that Bedrock puts into each.
std::vector<std::string> bedrock_events() {
  const std::string padding = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::vector<std::string> events;
  for (std::size_t number = 0; number < stream_chunks; ++number) {
    events.push_back(R"({"contentBlockIndex":0,"delta":{"text":")" + std::string(word(number)) + R"("},"p":")" +
                     padding.substr(0, 1 + number * 7919 % padding.size()) + "\"}");
  }
  return events;
}

std::string bedrock_stream() {
  std::string bytes = frame("messageStart", R"({"role":"assistant"})");
  for (const std::string& event : bedrock_events()) bytes += frame("contentBlockDelta", event);
  return bytes + frame("messageStop", R"({"stopReason":"end_turn"})") +
         frame("metadata", R"({"usage":{"inputTokens":10,"outputTokens":4096}})");
}

void bedrock_chunk(benchmark::State& state) { read_stream(state, "bedrock", "http://127.0.0.1:1", bedrock_stream()); }
BENCHMARK(bedrock_chunk);

void bedrock_chunk_by_simdjson_alone(benchmark::State& state) {
  parse_alone(state, bedrock_events(), [](auto& document) { return document["delta"]["text"].get_string(); });
}
BENCHMARK(bedrock_chunk_by_simdjson_alone);

BENCHMARK_CAPTURE(encode_8_kb, bedrock, "bedrock", "anthropic.claude-opus-4-6", "http://127.0.0.1:1");

void bedrock_decode_1_kb(benchmark::State& state) {
  decode_answer(state, "bedrock",
                R"({"output":{"message":{"role":"assistant","content":[{"text":")" + std::string(760, 'a') +
                    R"("}]}},"stopReason":"end_turn","usage":{"inputTokens":16,"outputTokens":300,)"
                    R"("totalTokens":316},"metrics":{"latencyMs":1275}})");
}
BENCHMARK(bedrock_decode_1_kb);

}  // namespace
}  // namespace antiphon::bench
