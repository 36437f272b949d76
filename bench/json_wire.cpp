// What one chunk of a stream costs before it is a chunk of ours: cutting it out of the bytes, and reading it. By the
// side of it what simdjson costs on its own, and what a request costs to write.

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "json/reader.hpp"
#include "json/writer.hpp"
#include "wire/sse.hpp"

namespace {

using namespace antiphon;

/// Chunks of 252 bytes as OpenAI sends them. All differ, so that the processor cannot learn one by heart.
std::string chunk(std::size_t number) {
  static const char* const words[] = {" Hello", " world", ", the", " quick", " brown", " jumps", " lazy.", "\\nAnd "};
  std::string id = std::to_string(number * 7919);
  id.insert(0, 29 - id.size(), 'k');
  return R"({"id":"chatcmpl-)" + id + R"(","object":"chat.completion.chunk","created":1770933892,)" +
         R"("model":"gpt-4o-mini-2024-07-18","system_fingerprint":"fp_0123456789","choices":[{"index":0,"delta":)" +
         R"({"content":")" + words[number % 8] + R"("},"logprobs":null,"finish_reason":null}]})";
}

constexpr std::size_t chunk_count = 256;

/// All chunks one behind the other, each with its padding.
class Chunks {
 public:
  Chunks() {
    for (std::size_t i = 0; i < chunk_count; ++i) texts_.push_back(chunk(i) + std::string(json_padding, ' '));
  }
  std::string_view next() {
    const std::string& text = texts_[at_++ % chunk_count];
    return std::string_view(text).substr(0, text.size() - json_padding);
  }

 private:
  std::vector<std::string> texts_;
  std::size_t at_ = 0;
};

/// What a codec wants to know of a chunk.
struct Wanted {
  std::string_view id;
  std::string_view model;
  std::string_view content;
  std::int64_t index = -1;
  bool finished = false;
  bool usage = false;
};

void require(benchmark::State& state, bool ok) {
  if (!ok) state.SkipWithError("the chunk was not read");
}

void sse_framing(benchmark::State& state) {
  std::string piece;
  for (std::size_t i = 0; i < chunk_count; ++i) piece += "data: " + chunk(i) + "\n\n";
  wire::SseDecoder decoder(1 << 20);
  std::size_t events = 0;
  for (auto _ : state) {
    // As the transport gives it: 16 KB at a time.
    for (std::size_t at = 0; at < piece.size(); at += 16384) {
      decoder.feed(std::string_view(piece).substr(at, 16384));
      while (const auto event = decoder.next()) {
        benchmark::DoNotOptimize(event->data.data());
        ++events;
      }
    }
  }
  require(state, events == chunk_count * state.iterations());
  state.counters["per_event"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(sse_framing);

void reader_all_fields(benchmark::State& state) {
  Chunks chunks;
  json::Reader reader;
  for (auto _ : state) {
    Wanted wanted;
    const bool ok = reader.read(chunks.next(), [&](json::Value root) {
      root.fields([&](std::string_view key, json::Value value) {
        if (key == "id") {
          wanted.id = value.string().value_or("");
        } else if (key == "model") {
          wanted.model = value.string().value_or("");
        } else if (key == "usage") {
          wanted.usage = !value.is_null();
        } else if (key == "choices") {
          value.elements([&](json::Value choice) {
            choice.fields([&](std::string_view name, json::Value field) {
              if (name == "index") {
                wanted.index = field.count().value_or(0);
              } else if (name == "finish_reason") {
                wanted.finished = !field.is_null();
              } else if (name == "delta") {
                field.fields([&](std::string_view part, json::Value text) {
                  if (part == "content") wanted.content = text.string().value_or("");
                });
              }
            });
          });
        }
      });
    });
    require(state, ok && wanted.index == 0 && !wanted.content.empty());
    benchmark::DoNotOptimize(&wanted);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(reader_all_fields);

void reader_content(benchmark::State& state) {
  Chunks chunks;
  json::Reader reader;
  for (auto _ : state) {
    std::string_view content;
    const bool ok = reader.read(chunks.next(), [&](json::Value root) {
      root.fields([&](std::string_view key, json::Value value) {
        if (key != "choices") return;
        value.elements([&](json::Value choice) {
          choice.fields([&](std::string_view name, json::Value field) {
            if (name != "delta") return;
            field.fields([&](std::string_view part, json::Value text) {
              if (part == "content") content = text.string().value_or("");
            });
          });
        });
      });
    });
    require(state, ok && !content.empty());
    benchmark::DoNotOptimize(content.data());
  }
}
BENCHMARK(reader_content);

void token_index(benchmark::State& state) {
  Chunks chunks;
  json::TokenIndex index;
  for (auto _ : state) benchmark::DoNotOptimize(index.find(chunks.next()));
  require(state, index.count() > 40);
}
BENCHMARK(token_index);

void on_demand_all_fields(benchmark::State& state) {
  Chunks chunks;
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    Wanted wanted;
    const std::string_view text = chunks.next();
    auto document = parser.iterate(text.data(), text.size(), text.size() + json_padding);
    for (auto member : document.get_object()) {
      const std::string_view key = member.unescaped_key();
      if (key == "id") {
        wanted.id = member.value().get_string();
      } else if (key == "model") {
        wanted.model = member.value().get_string();
      } else if (key == "usage") {
        wanted.usage = !member.value().is_null();
      } else if (key == "choices") {
        for (auto choice : member.value().get_array()) {
          for (auto field : choice.get_object()) {
            const std::string_view name = field.unescaped_key();
            if (name == "index") {
              wanted.index = field.value().get_int64();
            } else if (name == "finish_reason") {
              wanted.finished = !field.value().is_null();
            } else if (name == "delta") {
              for (auto part : field.value().get_object()) {
                const std::string_view part_name = part.unescaped_key();
                if (part_name == "content") wanted.content = part.value().get_string();
              }
            }
          }
        }
      }
    }
    require(state, wanted.index == 0 && !wanted.content.empty());
    benchmark::DoNotOptimize(&wanted);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(on_demand_all_fields);

void on_demand_content(benchmark::State& state) {
  Chunks chunks;
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    const std::string_view text = chunks.next();
    auto document = parser.iterate(text.data(), text.size(), text.size() + json_padding);
    std::string_view content;
    for (auto choice : document["choices"]) content = choice["delta"]["content"].get_string();
    require(state, !content.empty());
    benchmark::DoNotOptimize(content.data());
  }
}
BENCHMARK(on_demand_content);

void check_chunk(benchmark::State& state) {
  Chunks chunks;
  for (auto _ : state) benchmark::DoNotOptimize(json::find_fault(chunks.next()));
  require(state, !json::find_fault(chunks.next()));
}
BENCHMARK(check_chunk);

/// A conversation of about 8 KB: prose with quotes and line ends, in one script or another.
void write_request(benchmark::State& state, std::string_view sentence) {
  std::string prose;
  while (prose.size() < 400) prose += sentence;
  std::string body;
  for (auto _ : state) {
    body.clear();
    json::Writer writer(body);
    writer.begin_object().key("model").string("gpt-4o-mini").key("stream").boolean(true);
    writer.key("temperature").number(0.7).key("max_tokens").integer(1000).key("messages").begin_array();
    for (int i = 0; i < 18; ++i) {
      writer.begin_object().key("role").string(i % 2 == 0 ? "user" : "assistant");
      writer.key("content").string(prose).end_object();
    }
    writer.end_array().end_object();
    benchmark::DoNotOptimize(body.data());
  }
  require(state, json::check(body).empty());
  state.counters["bytes"] = static_cast<double>(body.size());
}
BENCHMARK_CAPTURE(write_request, latin, "She said \"yes\", and then she wrote down all of it.\n");
BENCHMARK_CAPTURE(write_request, japanese, "それは「はい」と言って、全部書き留めた。\n");

}  // namespace

BENCHMARK_MAIN();
