#include "transport/url.hpp"

#include <gtest/gtest.h>

namespace antiphon::transport {
namespace {

TEST(Url, OriginOfGoodOnes) {
  const auto plain = parse_origin("http://Example.COM/v1/x?y");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->scheme, "http");
  EXPECT_EQ(plain->host, "example.com");
  EXPECT_EQ(plain->port, 80);
  EXPECT_FALSE(plain->numeric);
  EXPECT_EQ(parse_origin("https://a")->port, 443);
  EXPECT_EQ(parse_origin("https://a:8443/")->port, 8443);
  EXPECT_EQ(parse_origin("http://user:pw@host:81")->host, "host");
  EXPECT_EQ(parse_origin("socks5h://host")->port, 1080);
  const auto six = parse_origin("http://[::1]:8080/v1");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->host, "::1");
  EXPECT_EQ(six->port, 8080);
  EXPECT_TRUE(six->numeric);
  EXPECT_TRUE(parse_origin("http://127.0.0.1")->numeric);
}

TEST(Url, NothingForBadOnes) {
  for (const char* bad : {"", "host", "http:/host", "://host", "http://", "http:///path", "http://[::1", "http://[::1]x",
                          "http://h:0", "http://h:65536", "http://h:12a", "http://h:-1"}) {
    EXPECT_FALSE(parse_origin(bad)) << bad;
  }
}

}  // namespace
}  // namespace antiphon::transport
