#pragma once

// What a codec costs: an event of a stream from its bytes to what a reader of the stream is given, and the same behind
// the framing, beside simdjson alone on the same events; a request of 8 KB, beside one that is written by hand; an
// answer of 1 KB.

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

/// A protocol as it is measured.
struct Subject {
  std::string name;
  const char* provider;
  const char* url;
  const char* model;                     ///< that a request is written for; empty to write none
  std::vector<std::string> (*events)();  ///< of a stream, those that say something
  std::string_view type;                 ///< what the framing says that they are; empty when it says nothing
  std::string (*stream)();               ///< all of it, as the transport gives it
  std::string answer;                    ///< a whole one of 1 KB; empty to read none
};

/// The floor: simdjson alone over the same events, as one would write it who wants the same of them and nothing else.
/// `read(document, text)` looks at what tells which event this is, where its text belongs and what it counts, and makes
/// the text a string of its own, as that of a chunk is. Without framing, and without an answer that grows.
template <auto read>
void parse_alone(benchmark::State& state, const std::vector<std::string>& events) {
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

/// Adds what is measured of a protocol beside that, under its name: `_chunk`, a whole stream; `_event`, its events by
/// themselves, as the framing gives them; `encode_8_kb/`, a conversation of twenty messages; `_decode_1_kb`.
void add_ours(const Subject& subject);

/// The same and the floor, `_event_by_simdjson_alone`. Gives true, for a variable whose making does it.
template <auto read>
bool add(const Subject& subject) {
  add_ours(subject);
  benchmark::RegisterBenchmark(
      (subject.name + "_event_by_simdjson_alone").c_str(),
      [events = subject.events](benchmark::State& state) { parse_alone<read>(state, events()); });
  return true;
}

}  // namespace antiphon::bench
