// What the codecs cost: a streamed chunk from its bytes to a `Chunk`, a request of 8 KB, an answer of 1 KB.

#include <benchmark/benchmark.h>

#include <charconv>
#include <string>
#include <string_view>

#include <antiphon/codec.hpp>

#include "providers/answer_reader.hpp"
#include "providers/base64.hpp"
#include "providers/embedding_codec.hpp"

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

void encode_8_kb(benchmark::State& state) {
  const codec::Target target{codec::find_preset("openai"), "gpt-4o-mini", "https://api.openai.com/v1"};
  Messages messages = Messages().system("Be brief.");
  while (messages.size() < 20) {
    messages.user(std::string("What \"is\" this?\n") + std::string(380, 'q')).assistant(std::string(400, 'a'));
  }
  const Request request(std::move(messages), Options().temperature(0.5).max_tokens(100), true);
  const codec::Codec& codec = *codec::find_codec("openai-chat");
  std::size_t size = 0;
  for (auto _ : state) size = codec.encode(request, target).http.body.size();
  state.counters["bytes"] = static_cast<double>(size);
}
BENCHMARK(encode_8_kb);

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

/// The numbers of one vector, all different and of a length that is usual.
std::string embedding(std::size_t numbers, bool in_base64) {
  std::string bytes;
  std::string text;
  for (std::size_t number = 0; number < numbers; ++number) {
    const float value = (static_cast<float>(number * 7919 % 10007) / 10007.0F - 0.5F) / 20;
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    char digits[32];
    text.append(text.empty() ? "" : ",").append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
  return in_base64 ? '"' + base64::encode(bytes) + '"' : '[' + text + ']';
}

void read_embedding(benchmark::State& state, bool in_base64) {
  const codec::Target target{codec::find_preset("openai"), "text-embedding-3-small", "https://api.openai.com/v1"};
  const Request request = codec::embedding_request("a", EmbeddingOptions());
  const codec::EmbeddingAsk ask(request, *target.preset);
  const std::string body = R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":)" +
                           embedding(1536, in_base64) +
                           R"(}],"model":"text-embedding-3-small","usage":{"prompt_tokens":5,"total_tokens":5}})";
  const codec::EmbeddingCodec& codec = *codec::find_embedding_codec(target);
  for (auto _ : state) benchmark::DoNotOptimize(codec.decode(body, ask, target).vectors.front().back());
  state.counters["bytes"] = static_cast<double>(body.size());
}

void embedding_of_1536_in_base64(benchmark::State& state) { read_embedding(state, true); }
BENCHMARK(embedding_of_1536_in_base64);

void embedding_of_1536_in_numbers(benchmark::State& state) { read_embedding(state, false); }
BENCHMARK(embedding_of_1536_in_numbers);

}  // namespace

BENCHMARK_MAIN();
