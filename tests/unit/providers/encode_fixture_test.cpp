#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <boost/json/serialize.hpp>

#include <antiphon/codec.hpp>

#include "fixture.hpp"

namespace antiphon::tests {
namespace {

std::vector<Fixture> all_fixtures() {
  std::vector<Fixture> fixtures = load_fixtures("openai-chat", "target");
  for (Fixture& fixture : load_fixtures("anthropic", "target")) fixtures.push_back(std::move(fixture));
  for (Fixture& fixture : load_fixtures("ollama", "target")) fixtures.push_back(std::move(fixture));
  return fixtures;
}

class EncodeFixtures : public testing::TestWithParam<Fixture> {};

ModelConfig config_of(const Fixture& fixture) {
  const boost::json::object& target = fixture.fields.at("target").as_object();
  std::string provider(fixture.protocol == "ollama" ? providers::ollama : providers::openai);
  if (fixture.protocol == "anthropic") provider = providers::anthropic;
  if (target.contains("provider")) provider = target.at("provider").as_string();
  ModelConfig config(std::string(target.at("model").as_string()), ProviderId(std::move(provider)));
  config.base_url(std::string(target.at("base_url").as_string()));
  return config;
}

EncodedRequest encode_fixture(const Fixture& fixture) {
  ChatRequest request = parse_chat_request(fixture.body);
  if (fixture.has("options")) {
    for (const boost::json::value& option : fixture.fields.at("options").as_array()) {
      request.options.option(std::string(option.at(0).as_string()), Json(boost::json::serialize(option.at(1))));
    }
  }
  if (fixture.has("extra")) {
    for (const boost::json::value& extra : fixture.fields.at("extra").as_array()) {
      request.options.extra(Json(std::string(extra.as_string())));
    }
  }
  if (fixture.has("strict")) request.options.strict();
  return encode(config_of(fixture), request.messages, request.options, request.stream);
}

void expect_headers(const boost::json::object& expected, const HttpHeaders& headers) {
  for (const auto& [name, value] : expected) EXPECT_EQ(std::string(value.as_string()), headers.get(name)) << name;
}

TEST_P(EncodeFixtures, GiveTheRequest) {
  const Fixture& fixture = GetParam();
  if (fixture.has("error")) {
    const boost::json::value& expected = fixture.fields.at("error");
    try {
      FAIL() << encode_fixture(fixture).http.body;
    } catch (const Error& error) {
      EXPECT_EQ(std::string(expected.at("kind").as_string()), to_string(error.kind())) << error.what();
      EXPECT_EQ(std::string(expected.at("where").as_string()), error.where()) << error.what();
    }
    return;
  }
  const EncodedRequest encoded = encode_fixture(fixture);
  const boost::json::object& http = fixture.fields.at("http").as_object();
  EXPECT_EQ(difference(http.at("body"), parse_json(encoded.http.body)), std::nullopt) << encoded.http.body;
  if (http.contains("text")) {
    EXPECT_EQ(std::string(http.at("text").as_string()), encoded.http.body);
  }
  if (http.contains("url")) {
    EXPECT_EQ(std::string(http.at("url").as_string()), encoded.http.url);
  }
  if (http.contains("method")) {
    EXPECT_EQ(std::string(http.at("method").as_string()), encoded.http.method);
  }
  if (http.contains("contains")) {
    EXPECT_NE(encoded.http.body.find(std::string(http.at("contains").as_string())), std::string::npos)
        << encoded.http.body;
  }
  if (http.contains("headers")) expect_headers(http.at("headers").as_object(), encoded.http.headers);

  std::vector<std::string> warnings;
  for (const Warning& warning : encoded.warnings) warnings.push_back(warning.where());
  std::vector<std::string> expected;
  if (fixture.has("warnings")) {
    for (const auto& where : fixture.fields.at("warnings").as_array()) expected.emplace_back(where.as_string());
  }
  EXPECT_EQ(expected, warnings);
}

TEST_P(EncodeFixtures, HaveNoKeyTwice) {
  const Fixture& fixture = GetParam();
  if (fixture.has("error")) return;
  const std::string body = encode_fixture(fixture).http.body;
  std::size_t members = 0;
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < body.size(); ++at) {
    if (body[at] == '\\') {
      ++at;
    } else if (body[at] == '"') {
      in_string = !in_string;
    } else if (!in_string && (body[at] == '{' || body[at] == '[')) {
      ++depth;
    } else if (!in_string && (body[at] == '}' || body[at] == ']')) {
      --depth;
    } else if (!in_string && depth == 1 && body[at] == ':') {
      ++members;
    }
  }
  EXPECT_EQ(parse_json(body).as_object().size(), members) << body;
}

std::string test_name(const testing::TestParamInfo<Fixture>& info) {
  std::string name = info.param.protocol + "_" + info.param.name() + "_" + std::to_string(info.index);
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, EncodeFixtures, testing::ValuesIn(all_fixtures()), test_name);

}  // namespace
}  // namespace antiphon::tests
