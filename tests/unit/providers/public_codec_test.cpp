#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include <antiphon/codec.hpp>

namespace antiphon::tests {
namespace {

ModelConfig server() { return ModelConfig("m", providers::openai).base_url("http://127.0.0.1:1/v1"); }

HttpHeaders headers_of(const ModelConfig& config, const Options& options = Options()) {
  return encode(config, "hi", options, false).http.headers;
}

TEST(PublicEncode, PutsTheKeyOn) {
  EXPECT_EQ(headers_of(server().api_key("secret")).get("authorization"), "Bearer secret");
  EXPECT_EQ(headers_of(server().api_key([] { return std::string("from callback"); })).get("authorization"),
            "Bearer from callback");
  ::setenv("ANTIPHON_TEST_KEY", "from environment", 1);
  EXPECT_EQ(headers_of(server().api_key(ApiKey::environment("ANTIPHON_TEST_KEY"))).get("authorization"),
            "Bearer from environment");
  ::unsetenv("ANTIPHON_TEST_KEY");
  EXPECT_EQ(headers_of(server().api_key(ApiKey::environment("ANTIPHON_TEST_KEY"))).find("authorization"), nullptr);
}

TEST(PublicEncode, LeavesAMissingKeyOut) {
  ::unsetenv("OPENAI_API_KEY");
  EXPECT_EQ(headers_of(ModelConfig("m", providers::openai)).find("authorization"), nullptr);
  EXPECT_EQ(headers_of(ModelConfig("m", providers::ollama)).find("authorization"), nullptr);
}

TEST(PublicEncode, HeadersOfTheCallWin) {
  const HttpHeaders headers =
      headers_of(server().header("X-A", "1").header("X-B", "1").header("accept", "x"), Options().header("x-b", "2"));
  EXPECT_EQ(headers.get("X-A"), "1");
  EXPECT_EQ(headers.get("X-B"), "2");
  EXPECT_EQ(headers.get("Accept"), "x");
}

TEST(PublicEncode, AnAuthorizationOfTheUsersOwnStays) {
  EXPECT_EQ(headers_of(server().api_key("secret").header("authorization", "Basic x")).get("authorization"), "Basic x");
}

TEST(PublicEncode, WrongSettingsAreNamed) {
  const auto refused_at = [](const ModelConfig& config) {
    try {
      encode(config, "hi", Options(), false);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      return error.where();
    }
    return std::string("nothing");
  };
  EXPECT_EQ(refused_at(ModelConfig("m", "nobody")), "provider");
  EXPECT_EQ(refused_at(ModelConfig("", providers::openai)), "model");
  EXPECT_EQ(refused_at(ModelConfig("m", providers::openai).base_url("127.0.0.1")), "base_url");
}

TEST(MaskSecrets, KeepsOnlyWhatIsKnownToBeHarmless) {
  HttpHeaders headers;
  headers.add("Authorization", "Bearer secret").add("Content-Type", "application/json").add("X-Mine", "secret");
  headers.add("api-key", "secret").add("X-RateLimit-Remaining-Tokens", "5").add("Cookie", "secret");
  std::string all;
  for (const auto& [name, value] : mask_secrets(headers)) all += name + "=" + value + " ";
  EXPECT_EQ(all,
            "Authorization=*** Content-Type=application/json X-Mine=*** api-key=*** X-RateLimit-Remaining-Tokens=5 "
            "Cookie=*** ");
}

TEST(MaskSecrets, HidesKeysInQueries) {
  EXPECT_EQ(mask_secrets(std::string("https://h/v1?alt=sse&key=secret")), "https://h/v1?alt=sse&key=***");
}

TEST(PublicDecode, UnknownProtocolsAreNamed) {
  try {
    (void)decode("{}", DecodeOptions("morse"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    EXPECT_EQ(error.where(), "protocol");
    for (const std::string& name : protocols()) EXPECT_NE(error.message().find(name), std::string::npos);
  }
}

TEST(PublicDecode, WhatAWatcherThrowsComesOut) {
  DecodeOptions options("openai-chat");
  options.stream(true).on_chunk([](const Chunk&) { throw std::runtime_error("stop"); });
  EXPECT_THROW((void)decode("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", options), std::runtime_error);
}

TEST(PublicDecode, TheLimitIsTheUsers) {
  DecodeOptions options("openai-chat");
  options.max_response_bytes(10);
  const Result<Response> result = decode(R"({"choices":[{"message":{"content":"a"}}]})", options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::response_too_large);
}

}  // namespace
}  // namespace antiphon::tests
