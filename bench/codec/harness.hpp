#pragma once

// What a codec costs: an event of a stream from its bytes to what a reader of the stream is given, and the same behind
// the framing, beside simdjson alone on the same events; a request of 8 KB; an answer of 1 KB.

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

/// The events of a stream by themselves, as the framing gives them; `type` is what it says that they are.
void read_events(benchmark::State& state, const char* provider, const char* url, std::string_view type,
                 const std::vector<std::string>& events);

/// A conversation of twenty messages.
void encode_8_kb(benchmark::State& state, const char* provider, const char* model, const char* url);

void decode_answer(benchmark::State& state, const char* protocol, const std::string& body);

/// The floor: simdjson alone over the same events, as one would write it who wants the same of them and nothing else.
/// `read(document, text)` looks at what tells which event this is, where its text belongs and what it counts, and makes
/// the text a string of its own, as that of a chunk is. Without framing, and without an answer that grows.
template <class Read>
void parse_alone(benchmark::State& state, const std::vector<std::string>& events, Read read) {
  std::vector<simdjson::padded_string> padded;
  for (const std::string& event : events) padded.emplace_back(event);
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    for (const simdjson::padded_string& event : padded) {
      simdjson::ondemand::document document = parser.iterate(event);
      std::string text;
      if (!read(document, text)) return state.SkipWithError("an event was not read");
      benchmark::DoNotOptimize(text.data());
    }
  }
  state.counters["per_event"] = per_event(state);
}

}  // namespace antiphon::bench
