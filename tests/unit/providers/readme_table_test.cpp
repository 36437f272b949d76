// The README's table of providers is true: every protocol has a row, and each row says what is there.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include <antiphon/codec.hpp>

#include "providers/codec.hpp"
#include "providers/embedding_codec.hpp"
#include "support/markdown.hpp"

namespace antiphon::tests {
namespace {

/// The providers that a cell names in backticks.
std::vector<std::string> providers_in(const std::string& cell) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; (begin = cell.find('`', begin)) != cell.npos;) {
    const std::size_t end = cell.find('`', ++begin);
    if (const std::string word = cell.substr(begin, end - begin); codec::find_preset(word)) names.push_back(word);
    begin = end + 1;
  }
  return names;
}

codec::Target target_of(const std::string& provider) {
  const codec::Preset* preset = codec::find_preset(provider);
  return codec::Target{preset, "m", preset->base_url.empty() ? "https://host.example" : preset->base_url};
}

bool streams(const std::string& provider) {
  const ModelConfig config = ModelConfig("m", ProviderId(provider)).base_url("https://host.example");
  return encode(config, "Hi", Options(), true).http.streaming;
}

bool lists_models(const std::string& provider) {
  const codec::Target target = target_of(provider);
  try {
    codec::find_codec(target.preset->protocol)->list_models(target, "");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported) << provider;
    return false;
  }
  return true;
}

bool takes_tools_and_images(const std::string& provider) {
  const Messages messages =
      Messages().add(Message(Role::user, "Look.").add(Part::image_url("data:image/png;base64,iVBORw0KGgo=")));
  const ModelConfig config = ModelConfig("m", ProviderId(provider)).base_url("https://host.example");
  const EncodedRequest request = encode(config, messages, Options().tools(Tool("weather", "tells it")), false);
  const std::string& body = request.http.body;
  return request.warnings.empty() && body.find("iVBORw0KGgo=") != body.npos && body.find("weather") != body.npos;
}

TEST(ReadmeTable, SaysWhatEveryProtocolCanDo) {
  std::set<std::string> protocols;
  for (const std::vector<std::string>& cells : test::markdown_table("README.md", "<!-- table: providers -->").rows) {
    if (cells.at(0) == "Provider") continue;
    const std::vector<std::string> providers = providers_in(cells[0]);
    EXPECT_FALSE(providers.empty()) << cells[0];
    for (const std::string& provider : providers) {
      protocols.insert(codec::find_preset(provider)->protocol);
      EXPECT_EQ(streams(provider), cells.at(2) == "yes") << provider;
      EXPECT_TRUE(takes_tools_and_images(provider)) << provider;
      EXPECT_EQ(codec::find_embedding_codec(target_of(provider)) != nullptr, cells.at(4) == "yes") << provider;
      const bool listed = cells.at(5) == "yes" || (cells[5] == "yes; not on Vertex AI" && provider != "vertex");
      EXPECT_EQ(lists_models(provider), listed) << provider;
    }
  }
  EXPECT_EQ(protocols, std::set<std::string>(codec::codec_names().begin(), codec::codec_names().end()));
}

}  // namespace
}  // namespace antiphon::tests
