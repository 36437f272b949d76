// What the codecs cost: a streamed chunk from its bytes to a `Chunk`, a request of 8 KB, an answer of 1 KB.

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/codec.hpp>

#include "providers/answer_reader.hpp"
#include "wire/crc32.hpp"

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

/// Payloads with the padding that Bedrock puts into each.
std::vector<std::string> bedrock_payloads(std::size_t chunks) {
  const std::string padding = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::vector<std::string> payloads;
  for (std::size_t number = 0; number < chunks; ++number) {
    payloads.push_back(R"({"contentBlockIndex":0,"delta":{"text":" word)" + std::to_string(number % 100) +
                       R"("},"p":")" + padding.substr(0, 1 + number * 7919 % padding.size()) + "\"}");
  }
  return payloads;
}

std::string bedrock_stream(std::size_t chunks) {
  std::string bytes = frame("messageStart", R"({"role":"assistant"})");
  for (const std::string& payload : bedrock_payloads(chunks)) bytes += frame("contentBlockDelta", payload);
  return bytes + frame("messageStop", R"({"stopReason":"end_turn"})") +
         frame("metadata", R"({"usage":{"inputTokens":10,"outputTokens":4096}})");
}

std::vector<std::string> cohere_payloads(std::size_t chunks) {
  std::vector<std::string> payloads;
  for (std::size_t number = 0; number < chunks; ++number) {
    payloads.push_back(R"({"type":"content-delta","index":0,"delta":{"message":{"content":{"text":" word)" +
                       std::to_string(number % 100) + "\"}}}}");
  }
  return payloads;
}

std::string cohere_stream(std::size_t chunks) {
  std::string bytes;
  for (const std::string& payload : cohere_payloads(chunks)) bytes += "event: content-delta\ndata: " + payload + "\n\n";
  return bytes + R"(data: {"type":"message-end","delta":{"finish_reason":"COMPLETE"}})" + "\n\n";
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

void bedrock_chunk(benchmark::State& state) {
  read_stream(state, "bedrock", "bedrock", "http://127.0.0.1:1", bedrock_stream(4096));
}
BENCHMARK(bedrock_chunk);

void cohere_chunk(benchmark::State& state) {
  read_stream(state, "cohere", "cohere", "https://api.cohere.com", cohere_stream(4096));
}
BENCHMARK(cohere_chunk);

/// The floor: simdjson alone, over the same payloads, down to the text.
template <class Text>
void parse_alone(benchmark::State& state, const std::vector<std::string>& payloads, Text text) {
  std::vector<simdjson::padded_string> padded;
  for (const std::string& payload : payloads) padded.emplace_back(payload);
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    for (const simdjson::padded_string& payload : padded) {
      simdjson::ondemand::document document = parser.iterate(payload);
      const std::string_view found = text(document);
      benchmark::DoNotOptimize(found.data());
    }
  }
  state.counters["per_chunk"] = benchmark::Counter(static_cast<double>(padded.size() * state.iterations()),
                                                   benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void bedrock_payload_by_simdjson_alone(benchmark::State& state) {
  parse_alone(state, bedrock_payloads(4096),
              [](auto& document) -> std::string_view { return document["delta"]["text"].get_string(); });
}
BENCHMARK(bedrock_payload_by_simdjson_alone);

void cohere_payload_by_simdjson_alone(benchmark::State& state) {
  parse_alone(state, cohere_payloads(4096), [](auto& document) -> std::string_view {
    return document["delta"]["message"]["content"]["text"].get_string();
  });
}
BENCHMARK(cohere_payload_by_simdjson_alone);

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

}  // namespace

BENCHMARK_MAIN();
