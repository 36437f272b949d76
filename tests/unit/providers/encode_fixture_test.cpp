#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <boost/json/serialize.hpp>

#include <antiphon/codec.hpp>

#include "fixture.hpp"

namespace antiphon::tests {
namespace {

class EncodeFixtures : public testing::TestWithParam<Fixture> {};

ModelConfig config_of(const Fixture& fixture) {
  const boost::json::object& target = fixture.fields.at("target").as_object();
  std::string provider(fixture.protocol == "openai-chat" ? providers::openai : fixture.protocol);
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
  for (const std::string& extra : fixture.texts("extra")) request.options.extra(Json(extra));
  if (fixture.has("strict")) request.options.strict();
  return encode(config_of(fixture), request.messages, request.options, request.stream);
}

void expect_headers(const boost::json::object& expected, const HttpHeaders& headers) {
  for (const auto& [name, value] : expected) EXPECT_EQ(std::string(value.as_string()), headers.get(name)) << name;
}

TEST_P(EncodeFixtures, GiveTheRequest) {
  const Fixture& fixture = GetParam();
  if (fixture.has("error")) {
    return expect_error(fixture, [&] { ADD_FAILURE() << encode_fixture(fixture).http.body; });
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
  expect_warnings(fixture, encoded.warnings);
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

INSTANTIATE_TEST_SUITE_P(All, EncodeFixtures, testing::ValuesIn(load_fixtures("target")), test_name);

}  // namespace
}  // namespace antiphon::tests
