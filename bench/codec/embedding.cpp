#include <benchmark/benchmark.h>

#include <charconv>
#include <string>

#include <antiphon/embedding.hpp>

#include "providers/base64.hpp"
#include "providers/embedding_codec.hpp"

namespace antiphon::bench {
namespace {

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
}  // namespace antiphon::bench
