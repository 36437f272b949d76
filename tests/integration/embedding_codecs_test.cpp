// What is written for providers that no row of ours has yet, posted by hand: the simulator reads the protocols by
// itself.

#include <gtest/gtest.h>

#include <numeric>

#include <antiphon/simulator.hpp>

#include "providers/embedding_codec.hpp"
#include "unit/simulator/client.hpp"

namespace antiphon::test {
namespace {

struct Service {
  const char* protocol;
  const char* model;
  int texts;
  std::int64_t dimensions;
};

class EmbeddingServices : public testing::TestWithParam<Service> {};

TEST_P(EmbeddingServices, AreAskedAndUnderstood) {
  Simulator simulator;
  codec::Preset preset;
  preset.name = preset.family = preset.protocol = GetParam().protocol;
  const codec::Target target{&preset, GetParam().model, ""};
  std::vector<std::string> texts;
  for (int i = 0; i < GetParam().texts; ++i) texts.push_back("text number " + std::to_string(i));
  for (const EmbeddingEncoding encoding : {EmbeddingEncoding::floats, EmbeddingEncoding::base64}) {
    EmbeddingOptions options = EmbeddingOptions().dimensions(GetParam().dimensions).encoding(encoding);
    const Request request = codec::embedding_request(Texts(texts), options);
    const codec::EmbeddingAsk ask(request, preset);
    const codec::EmbeddingCodec& codec = *codec::find_embedding_codec(target);
    const EncodedRequest encoded = codec.encode(ask, target);
    const Answer answer = antiphon::test::ask(
        simulator, request_text("POST", encoded.http.url, encoded.http.body, "Authorization: Bearer k\r\n"));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const codec::EmbeddingAnswer read = codec.decode(answer.body, ask, target);
    ASSERT_EQ(read.vectors.size(), texts.size());
    for (const Embeddings::Vector& vector : read.vectors) {
      EXPECT_EQ(vector.size(), static_cast<std::size_t>(GetParam().dimensions));
      EXPECT_NEAR(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0), 1, 1e-5);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EmbeddingServices,
                         testing::Values(Service{"cohere", "embed-v4.0", 3, 256},
                                         Service{"bedrock", "amazon.titan-embed-text-v2:0", 1, 256},
                                         Service{"bedrock", "cohere.embed-v4:0", 3, 512}),
                         [](const auto& made) {
                           return std::string(made.param.protocol) + std::to_string(made.index);
                         });

}  // namespace
}  // namespace antiphon::test
