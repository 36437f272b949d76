// Small readers that credentials need: URLs, percent-encoding, times.

#include <gtest/gtest.h>

#include "providers/percent.hpp"
#include "providers/rfc3339.hpp"
#include "providers/url_parts.hpp"

namespace antiphon {
namespace {

using codec::parse_rfc3339;
using codec::percent_decoded;
using codec::percent_encoded;
using codec::split_url;
using namespace std::chrono_literals;

TEST(UrlParts, Split) {
  const auto parts = split_url("https://host:8443/a/b?c=d?e#f").value();
  EXPECT_EQ(parts.scheme, "https");
  EXPECT_EQ(parts.authority, "host:8443");
  EXPECT_EQ(parts.path, "/a/b");
  EXPECT_EQ(parts.query, "c=d?e");
  const auto bare = split_url("HTTP://host").value();
  EXPECT_EQ(bare.path, "");
  EXPECT_EQ(bare.query, "");
  EXPECT_EQ(split_url("http://host?q").value().query, "q");
  EXPECT_EQ(split_url("http://host#f?q").value().query, "");
  EXPECT_EQ(split_url("http://[::1]:80/").value().host(), "::1");
  EXPECT_EQ(split_url("http://[::1]").value().host(), "::1");
  for (const char* bad :
       {"", "host", "http:/host", "ftp://host", "http://", "http://:80", "http://a@b/", "http://a b/", "http://a/\n"}) {
    EXPECT_FALSE(split_url(bad)) << bad;
  }
}

TEST(UrlParts, Loopback) {
  for (const char* url :
       {"http://localhost", "http://LOCALHOST:1/", "http://127.0.0.1:80", "http://127.1.2.3", "http://[::1]:5"}) {
    EXPECT_TRUE(split_url(url).value().is_loopback()) << url;
  }
  for (const char* url : {"http://localhost.example.com", "http://127.0.0.1.example.com", "http://127.0.0.1.5",
                          "http://127.example.com", "http://10.0.0.1", "http://[::2]"}) {
    EXPECT_FALSE(split_url(url).value().is_loopback()) << url;
  }
}

TEST(Percent, BothWays) {
  EXPECT_EQ(percent_encoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encoded("a b/ü:%"), "a%20b%2F%C3%BC%3A%25");
  EXPECT_EQ(percent_encoded("a/b c", "/"), "a/b%20c");
  EXPECT_EQ(percent_decoded("a%20b%2f%C3%BC"), "a b/ü");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(percent_decoded(percent_encoded(all)), all);
  for (const char* bad : {"%", "%1", "%zz", "a%2"}) EXPECT_FALSE(percent_decoded(bad)) << bad;
}

TEST(Rfc3339, Times) {
  const std::chrono::sys_days day = std::chrono::year(2026) / 11 / 23;
  EXPECT_EQ(parse_rfc3339("2026-11-23T06:50:07Z"), day + 6h + 50min + 7s);
  EXPECT_EQ(parse_rfc3339("2026-11-23T06:50:07.999z"), day + 6h + 50min + 7s);
  EXPECT_EQ(parse_rfc3339("2026-11-23T06:50:07+00:00"), day + 6h + 50min + 7s);
  EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:59Z"), std::chrono::system_clock::time_point::max());
  EXPECT_EQ(parse_rfc3339("0001-01-01T00:00:00Z"), std::chrono::system_clock::time_point());
  for (const char* bad : {"", "tomorrow", "2026-11-23", "2026-13-23T06:50:07Z", "2026-02-30T06:50:07Z",
                          "2026-11-23T25:50:07Z", "2026-11-23T06:50:07", "2026-11-23T06:50:07+02:00"}) {
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
  }
}

}  // namespace
}  // namespace antiphon
