// Whatever answers a request for embeddings: a vector for each text, all of one length and finite, or an error.

#include <cmath>
#include <string>
#include <vector>

#include <antiphon/embedding.hpp>

#include "input.hpp"
#include "providers/embedding_codec.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

struct Service {
  const char* protocol;
  const char* model;
  const char* url;
};

constexpr Service services[] = {
    {"openai-chat", "m", "http://h/v1"},
    {"ollama", "m", "http://h"},
    {"gemini", "m", "http://h"},
    {"gemini", "m", "http://h/v1/projects/p/locations/l"},
    {"cohere", "m", "http://h"},
    {"bedrock", "cohere.embed", "http://h"},
    {"bedrock", "amazon.titan-embed", "http://h"},
};

void check(const codec::EmbeddingAnswer& answer, std::size_t texts) {
  require(answer.vectors.size() == texts);
  for (const Embeddings::Vector& vector : answer.vectors) {
    require(!vector.empty() && vector.size() == answer.vectors.front().size());
    for (const float number : vector) require(std::isfinite(number));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const Service& service = services[input.choice() % std::size(services)];
  const unsigned choice = input.choice();
  const std::size_t texts = 1 + choice % 4;
  EmbeddingOptions options;
  if (choice & 4) options.dimensions(2);
  if (choice & 8) options.encoding(EmbeddingEncoding::base64);
  codec::Preset preset;
  preset.name = preset.family = preset.protocol = service.protocol;
  const codec::Target target{&preset, service.model, service.url};
  const Request request = codec::embedding_request(Texts(std::vector<std::string>(texts, "a")), std::move(options));
  const codec::EmbeddingAsk ask(request, preset);
  try {
    check(codec::find_embedding_codec(target)->decode(input.rest(), ask, target), texts);
  } catch (const Error& error) {
    require(error.kind() != ErrorKind::internal && !std::string(error.what()).empty());
  }
  return 0;
}
