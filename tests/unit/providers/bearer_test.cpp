#include <gtest/gtest.h>

#include <string>

#include "providers/bearer.hpp"

namespace antiphon::tests {
namespace {

std::optional<Error> authorize(codec::BearerAuthenticator& bearer, HttpRequest& request) {
  std::optional<Error> result;
  int calls = 0;
  bearer.authorize(request, std::chrono::system_clock::time_point(), [&](std::optional<Error> error) {
    result = std::move(error);
    ++calls;
  });
  EXPECT_EQ(calls, 1);
  return result;
}

TEST(Bearer, ACallbackIsAskedEachTime) {
  int round = 0;
  codec::BearerAuthenticator bearer(ApiKey([&round] { return "key " + std::to_string(++round); }));
  for (const char* expected : {"Bearer key 1", "Bearer key 2"}) {
    HttpRequest request;
    EXPECT_FALSE(authorize(bearer, request));
    EXPECT_EQ(request.headers.get("Authorization"), expected);
  }
}

TEST(Bearer, ARejectedKeyIsWorthAnotherTryWhenItChanged) {
  std::string key = "old";
  codec::BearerAuthenticator bearer(ApiKey([&key] { return key; }));
  HttpRequest request;
  EXPECT_FALSE(authorize(bearer, request));
  EXPECT_FALSE(bearer.rejected());
  key = "new";
  EXPECT_TRUE(bearer.rejected());

  codec::BearerAuthenticator fixed(ApiKey("value"));
  HttpRequest other;
  EXPECT_FALSE(authorize(fixed, other));
  EXPECT_FALSE(fixed.rejected());
  EXPECT_FALSE(codec::BearerAuthenticator(ApiKey()).rejected());
}

TEST(Bearer, KeysThatNoHeaderCanHold) {
  for (const char* key : {"", "a\r\nX-Evil: 1", "a\x7f"}) {
    const std::string text = key;
    codec::BearerAuthenticator bearer(ApiKey([text] { return text; }));
    HttpRequest request;
    const std::optional<Error> error = authorize(bearer, request);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::authentication);
    EXPECT_EQ(std::string(error->what()).find("Evil"), std::string::npos);
    EXPECT_TRUE(request.headers.empty());
  }
}

TEST(Bearer, ACallbackThatThrowsIsAnError) {
  codec::BearerAuthenticator bearer(ApiKey([]() -> std::string { throw std::runtime_error("vault is down"); }));
  HttpRequest request;
  const std::optional<Error> error = authorize(bearer, request);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::authentication);
  EXPECT_FALSE(bearer.rejected());
}

TEST(Bearer, NoKeyIsNoHeader) {
  codec::BearerAuthenticator bearer{ApiKey()};
  HttpRequest request;
  EXPECT_FALSE(authorize(bearer, request));
  EXPECT_TRUE(request.headers.empty());
}

}  // namespace
}  // namespace antiphon::tests
