// What the codecs cost: a streamed chunk from its bytes to a `Chunk`, a request of 8 KB, an answer of 1 KB.

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include <antiphon/codec.hpp>

#include "providers/answer_reader.hpp"

namespace {

using namespace antiphon;

/// 252 bytes each, all different, so that the processor cannot learn one by heart.
std::string chunk(std::size_t number, const std::string& fields) {
  static const char* const words[] = {" Hello", " world", ", the", " quick", " brown", " jumps", " lazy.", "\\nAnd "};
  std::string id = std::to_string(number * 7919);
  id.insert(0, 29 - id.size(), 'k');
  return R"(data: {"id":"chatcmpl-)" + id + R"(","object":"chat.completion.chunk","created":1770933892,)" +
         R"("model":"gpt-4o-mini-2024-07-18","system_fingerprint":"fp_0123456789",)" + fields +
         R"("choices":[{"index":0,"delta":{"content":")" + words[number % 8] +
         R"("},"logprobs":null,"finish_reason":null}]})" + "\n\n";
}

std::string openai_stream(std::size_t chunks, const std::string& fields = "") {
  std::string bytes;
  for (std::size_t number = 0; number < chunks; ++number) bytes += chunk(number, fields);
  return bytes + R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})" + "\n\ndata: [DONE]\n\n";
}

std::string ollama_stream(std::size_t chunks) {
  std::string bytes;
  for (std::size_t number = 0; number < chunks; ++number) {
    bytes += R"({"model":"qwen3:8b","created_at":"2026-08-21T09:00:00.)" + std::to_string(100000000 + number * 7919) +
             R"(Z","message":{"role":"assistant","content":" word"},"done":false})" + "\n";
  }
  return bytes +
         R"({"model":"qwen3:8b","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"})" + "\n";
}

std::string anthropic_stream(std::size_t chunks) {
  static const char* const words[] = {" Hello", " world", ", the", " quick", " brown", " jumps", " lazy.", "\\nAnd "};
  std::string bytes =
      "event: message_start\ndata: "
      R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],)"
      R"("model":"claude-opus-5-5","stop_reason":null,"usage":{"input_tokens":12,"output_tokens":1}}})"
      "\n\nevent: content_block_start\ndata: "
      R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"
      "\n\n";
  for (std::size_t number = 0; number < chunks; ++number) {
    bytes +=
        "event: content_block_delta\ndata: "
        R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")" +
        std::string(words[number % 8]) + "\"}}\n\n";
  }
  return bytes +
         "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
         "event: message_delta\ndata: "
         R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4096}})"
         "\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
}

class Count final : public ChunkSink {
 public:
  void push(Chunk chunk) override {
    benchmark::DoNotOptimize(chunk.text().data());
    ++chunks;
  }
  std::size_t chunks = 0;
};

void read_stream(benchmark::State& state, const char* protocol, const char* provider, const char* url,
                 const std::string& bytes) {
  const codec::Target target{codec::find_preset(provider), "m", url};
  Count sink;
  for (auto _ : state) {
    codec::AnswerReader reader(*codec::find_codec(protocol), target, true, std::size_t{64} << 20, &sink);
    HttpHead head;
    head.status = 200;
    reader.head(head, std::chrono::system_clock::time_point());
    // As the transport gives it: 16 KB at a time.
    for (std::size_t at = 0; at < bytes.size(); at += 16384) reader.feed(std::string_view(bytes).substr(at, 16384));
    const Result<Response> result = reader.end(std::nullopt);
    if (!result) state.SkipWithError("the stream was not read");
  }
  state.counters["per_chunk"] =
      benchmark::Counter(static_cast<double>(sink.chunks), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void openai_chunk(benchmark::State& state) {
  read_stream(state, "openai-chat", "openai", "https://api.openai.com/v1", openai_stream(4096));
}
BENCHMARK(openai_chunk);

void compatible_chunk(benchmark::State& state) {
  read_stream(state, "openai-chat", "openai", "http://127.0.0.1:8080/v1",
              openai_stream(4096, R"("service_tier":"default","usage":null,"obfuscation":"Qup1x",)"));
}
BENCHMARK(compatible_chunk);

void ollama_chunk(benchmark::State& state) {
  read_stream(state, "ollama", "ollama", "http://localhost:11434", ollama_stream(4096));
}
BENCHMARK(ollama_chunk);

void anthropic_chunk(benchmark::State& state) {
  read_stream(state, "anthropic", "anthropic", "https://api.anthropic.com", anthropic_stream(4096));
}
BENCHMARK(anthropic_chunk);

/// The same events parsed by simdjson alone, and what the codec needs of them read.
void anthropic_chunk_simdjson(benchmark::State& state) {
  std::vector<simdjson::padded_string> events;
  const std::string bytes = anthropic_stream(4096);
  constexpr std::string_view mark = "data: ";
  for (std::size_t at = bytes.find(mark); at != bytes.npos; at = bytes.find(mark, at)) {
    at += mark.size();
    events.emplace_back(std::string_view(bytes).substr(at, bytes.find('\n', at) - at));
  }
  simdjson::ondemand::parser parser;
  std::size_t read = 0;
  for (auto _ : state) {
    for (const simdjson::padded_string& event : events) {
      simdjson::ondemand::document document;
      std::string_view type;
      std::string_view text;
      if (parser.iterate(event).get(document) || document["type"].get(type)) continue;
      if (type == "content_block_delta" && !document["delta"]["text"].get(text)) benchmark::DoNotOptimize(text.data());
      ++read;
    }
  }
  state.counters["per_chunk"] =
      benchmark::Counter(static_cast<double>(read), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(anthropic_chunk_simdjson);

void encode_8_kb(benchmark::State& state, const char* provider, const char* model, const char* url) {
  const codec::Target target{codec::find_preset(provider), model, url};
  Messages messages = Messages().system("Be brief.");
  while (messages.size() < 20) {
    messages.user(std::string("What \"is\" this?\n") + std::string(380, 'q')).assistant(std::string(400, 'a'));
  }
  const Request request(std::move(messages), Options().temperature(0.5).max_tokens(100), true);
  const codec::Codec& codec = *codec::find_codec(target.preset->protocol);
  std::size_t size = 0;
  for (auto _ : state) size = codec.encode(request, target).http.body.size();
  state.counters["bytes"] = static_cast<double>(size);
}
BENCHMARK_CAPTURE(encode_8_kb, openai, "openai", "gpt-4o-mini", "https://api.openai.com/v1");
BENCHMARK_CAPTURE(encode_8_kb, anthropic, "anthropic", "claude-opus-4-6", "https://api.anthropic.com");

void decode_1_kb(benchmark::State& state) {
  const std::string body =
      R"({"id":"chatcmpl-1","object":"chat.completion","created":1770933892,"model":"gpt-4o-mini","choices":[{"index":0,)"
      R"("message":{"role":"assistant","content":")" +
      std::string(560, 'a') +
      R"(","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":16,)"
      R"("completion_tokens":300,"total_tokens":316,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},)"
      R"("completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}},"service_tier":"default"})";
  const DecodeOptions options("openai-chat");
  for (auto _ : state) {
    if (!decode(body, options)) state.SkipWithError("the answer was not read");
  }
  state.counters["bytes"] = static_cast<double>(body.size());
}
BENCHMARK(decode_1_kb);

void anthropic_decode_1_kb(benchmark::State& state) {
  const std::string body =
      R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-5-5","content":[{"type":"text","text":")" +
      std::string(560, 'a') +
      R"("}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":0,)"
      R"("cache_read_input_tokens":2048,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},)"
      R"("output_tokens":300,"output_tokens_details":{"thinking_tokens":120},"service_tier":"standard"}})";
  const DecodeOptions options("anthropic");
  for (auto _ : state) {
    if (!decode(body, options)) state.SkipWithError("the answer was not read");
  }
  state.counters["bytes"] = static_cast<double>(body.size());
}
BENCHMARK(anthropic_decode_1_kb);

}  // namespace

BENCHMARK_MAIN();
