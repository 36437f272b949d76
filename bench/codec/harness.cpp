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

codec::Target target_of(const Subject& subject) {
  return {codec::find_preset(subject.provider), subject.model[0] ? subject.model : "m", subject.url};
}

const codec::Codec& codec_of(const codec::Target& target) { return *codec::find_codec(target.preset->protocol); }

void read_stream(benchmark::State& state, const Subject& subject) {
  const codec::Target target = target_of(subject);
  const codec::Codec& codec = codec_of(target);
  const std::string bytes = subject.stream();
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

void read_events(benchmark::State& state, const Subject& subject) {
  const codec::Target target = target_of(subject);
  const codec::Codec& codec = codec_of(target);
  std::vector<std::string> padded = subject.events();
  for (std::string& event : padded) event.append(json_padding, ' ');
  Count sink;
  for (auto _ : state) {
    AnswerBuilder builder(&sink);
    const std::unique_ptr<codec::AnswerDecoder> decoder = codec.decoder(target, builder);
    for (const std::string& event : padded) {
      if (decoder->event(subject.type, std::string_view(event).substr(0, event.size() - json_padding))) {
        state.SkipWithError("an event was not read");
      }
    }
  }
  if (sink.chunks < stream_chunks * state.iterations()) state.SkipWithError("not all events were read");
  state.counters["per_event"] = per_event(state);
}

/// A conversation of twenty messages.
Messages conversation() {
  Messages messages = Messages().system("Be brief.");
  while (messages.size() < 20) {
    messages.user(std::string("What \"is\" this?\n") + std::string(380, 'q')).assistant(std::string(400, 'a'));
  }
  return messages;
}

void write_request(benchmark::State& state, const Subject& subject) {
  const codec::Target target = target_of(subject);
  const codec::Codec& codec = codec_of(target);
  const Request request(conversation(), Options().max_tokens(100), true);
  std::size_t size = 0;
  for (auto _ : state) size = codec.encode(request, target).http.body.size();
  state.counters["bytes"] = static_cast<double>(size);
}

void append_escaped(std::string& out, std::string_view text) {
  std::size_t plain = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '"' && c != '\\' && static_cast<unsigned char>(c) >= ' ') continue;
    out.append(text, plain, at - plain) += '\\';
    out += c == '\n' ? 'n' : c;
    plain = at + 1;
  }
  out.append(text, plain);
}

/// The floor of a request: the same conversation as one writes it who knows that there is nothing in it but texts, that
/// they are UTF-8, and that the only control character is the end of a line.
[[gnu::noinline]] std::string body_by_hand(const Messages& messages) {
  std::string body = R"({"model":"gpt-4o-mini","messages":[)";
  for (const Message& message : messages) {
    body.append(body.back() == '[' ? R"({"role":")" : R"(,{"role":")").append(to_string(message.role()));
    append_escaped(body.append(R"(","content":")"), message.parts().front().text());
    body += R"("})";
  }
  return body += R"(],"max_completion_tokens":100,"stream":true,"stream_options":{"include_usage":true}})";
}

void write_request_by_hand(benchmark::State& state) {
  const Messages messages = conversation();
  std::size_t size = 0;
  for (auto _ : state) size = body_by_hand(messages).size();
  state.counters["bytes"] = static_cast<double>(size);
}
BENCHMARK(write_request_by_hand)->Name("encode_8_kb/by_hand");

void read_answer(benchmark::State& state, const Subject& subject) {
  const DecodeOptions options(codec::find_preset(subject.provider)->protocol);
  for (auto _ : state) {
    if (!decode(subject.answer, options)) state.SkipWithError("the answer was not read");
  }
  state.counters["bytes"] = static_cast<double>(subject.answer.size());
}

void add_one(const std::string& name, const Subject& subject, void (*run)(benchmark::State&, const Subject&)) {
  benchmark::RegisterBenchmark(name.c_str(), [subject, run](benchmark::State& state) { run(state, subject); });
}

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

void add_ours(const Subject& subject) {
  add_one(subject.name + "_chunk", subject, read_stream);
  add_one(subject.name + "_event", subject, read_events);
  if (subject.model[0]) add_one("encode_8_kb/" + subject.name, subject, write_request);
  if (!subject.answer.empty()) add_one(subject.name + "_decode_1_kb", subject, read_answer);
}

}  // namespace antiphon::bench

BENCHMARK_MAIN();
