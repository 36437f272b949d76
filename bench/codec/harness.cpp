#include "harness.hpp"

#include <antiphon/codec.hpp>

#include "core/padding.hpp"
#include "providers/answer_reader.hpp"

namespace antiphon::bench {

namespace {

class Count final : public ChunkSink {
 public:
  void push(Chunk chunk) override {
    benchmark::DoNotOptimize(chunk.text().data());
    ++chunks;
  }
  std::size_t chunks = 0;
};

}  // namespace

std::string_view word(std::size_t number) {
  static constexpr std::string_view words[] = {" Hello", " world", ", the",  " quick",
                                               " brown", " jumps", " lazy.", "\\nAnd "};
  return words[number % 8];
}

std::string sse(const std::vector<std::string>& events) {
  std::string bytes;
  for (const std::string& event : events) bytes += "data: " + event + "\n\n";
  return bytes;
}

std::string named_sse(const std::vector<std::string>& events) {
  std::string bytes;
  constexpr std::string_view mark = R"("type":")";
  for (const std::string& event : events) {
    const std::size_t at = event.find(mark) + mark.size();
    bytes += "event: " + event.substr(at, event.find('"', at) - at) + "\ndata: " + event + "\n\n";
  }
  return bytes;
}

void read_stream(benchmark::State& state, const char* provider, const char* url, const std::string& bytes) {
  const codec::Target target{codec::find_preset(provider), "m", url};
  const codec::Codec& codec = *codec::find_codec(target.preset->protocol);
  Count sink;
  for (auto _ : state) {
    codec::AnswerReader reader(codec, target, true, std::size_t{64} << 20, &sink);
    HttpHead head;
    head.status = 200;
    reader.head(head, std::chrono::system_clock::time_point());
    // As the transport gives it: 16 KB at a time.
    for (std::size_t at = 0; at < bytes.size(); at += 16384) reader.feed(std::string_view(bytes).substr(at, 16384));
    const Result<Response> result = reader.end(std::nullopt);
    if (!result) state.SkipWithError("the stream was not read");
  }
  if (sink.chunks < stream_chunks * state.iterations()) state.SkipWithError("not all of the stream was read");
  state.counters["per_event"] = per_event(state);
}

void read_events(benchmark::State& state, const char* provider, const char* url, std::string_view type,
                 const std::vector<std::string>& events) {
  const codec::Target target{codec::find_preset(provider), "m", url};
  const codec::Codec& codec = *codec::find_codec(target.preset->protocol);
  std::vector<std::string> padded = events;
  for (std::string& event : padded) event.append(json_padding, ' ');
  Count sink;
  for (auto _ : state) {
    AnswerBuilder builder(&sink);
    const std::unique_ptr<codec::AnswerDecoder> decoder = codec.decoder(target, builder);
    for (const std::string& event : padded) {
      if (decoder->event(type, std::string_view(event).substr(0, event.size() - json_padding))) {
        state.SkipWithError("an event was not read");
      }
    }
  }
  if (sink.chunks < stream_chunks * state.iterations()) state.SkipWithError("not all events were read");
  state.counters["per_event"] = per_event(state);
}

void encode_8_kb(benchmark::State& state, const char* provider, const char* model, const char* url) {
  const codec::Target target{codec::find_preset(provider), model, url};
  Messages messages = Messages().system("Be brief.");
  while (messages.size() < 20) {
    messages.user(std::string("What \"is\" this?\n") + std::string(380, 'q')).assistant(std::string(400, 'a'));
  }
  const Request request(std::move(messages), Options().max_tokens(100), true);
  const codec::Codec& codec = *codec::find_codec(target.preset->protocol);
  std::size_t size = 0;
  for (auto _ : state) size = codec.encode(request, target).http.body.size();
  state.counters["bytes"] = static_cast<double>(size);
}

void decode_answer(benchmark::State& state, const char* protocol, const std::string& body) {
  const DecodeOptions options(protocol);
  for (auto _ : state) {
    if (!decode(body, options)) state.SkipWithError("the answer was not read");
  }
  state.counters["bytes"] = static_cast<double>(body.size());
}

}  // namespace antiphon::bench

BENCHMARK_MAIN();
