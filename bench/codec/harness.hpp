#pragma once

// What a codec costs: an event of a stream from its bytes to what a reader of the stream is given, beside simdjson
// alone on the same events; a request of 8 KB; an answer of 1 KB.

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

namespace antiphon::bench {

/// One of eight short words, so that no two events in a row are the same.
std::string_view word(std::size_t number);

/// Events of a stream that say something.
constexpr std::size_t stream_chunks = 4096;

/// Time per event when each iteration reads a whole stream.
inline benchmark::Counter per_event(const benchmark::State& state) {
  const auto read = static_cast<double>(stream_chunks * state.iterations());
  return benchmark::Counter(read, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// Events with their `data: `, or with their name before it.
std::string sse(const std::vector<std::string>& events);
std::string named_sse(const std::vector<std::string>& events);

/// A whole stream, as the transport gives it.
void read_stream(benchmark::State& state, const char* provider, const char* url, const std::string& bytes);

/// A conversation of twenty messages.
void encode_8_kb(benchmark::State& state, const char* provider, const char* model, const char* url);

void decode_answer(benchmark::State& state, const char* protocol, const std::string& body);

/// The floor: simdjson alone over the same events, down to what a chunk is made of.
template <class Text>
void parse_alone(benchmark::State& state, const std::vector<std::string>& events, Text text) {
  std::vector<simdjson::padded_string> padded;
  for (const std::string& event : events) padded.emplace_back(event);
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    for (const simdjson::padded_string& event : padded) {
      simdjson::ondemand::document document = parser.iterate(event);
      std::string_view found;
      if (text(document).get(found)) return state.SkipWithError("an event was not read");
      benchmark::DoNotOptimize(found.data());
    }
  }
  state.counters["per_event"] = per_event(state);
}

}  // namespace antiphon::bench
