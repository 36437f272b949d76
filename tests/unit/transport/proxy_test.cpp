#include "transport/proxy.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace antiphon::transport {
namespace {

Origin origin(const char* url) { return *parse_origin(url); }

TEST(ProxyEnvironment, ChoosesByScheme) {
  ProxyEnvironment environment;
  EXPECT_EQ(environment.choose(origin("https://x")), "");
  environment.http = "http://plain:1";
  environment.https = "secure:2";
  EXPECT_EQ(environment.choose(origin("http://x")), "http://plain:1");
  EXPECT_EQ(environment.choose(origin("https://x")), "http://secure:2");
  environment.https.clear();
  environment.all = "socks5h://all:3";
  EXPECT_EQ(environment.choose(origin("https://x")), "socks5h://all:3");
  environment.none_for = "x";
  EXPECT_EQ(environment.choose(origin("https://x")), "");
}

TEST(ProxyEnvironment, ReadsTheVariables) {
  setenv("https_proxy", "http://lower:1", 1);
  setenv("NO_PROXY", "localhost", 1);
  unsetenv("no_proxy");
  // Capitals would let a web server's request header choose the proxy of a CGI program.
  setenv("HTTP_PROXY", "http://evil:1", 1);
  unsetenv("http_proxy");
  const ProxyEnvironment environment = ProxyEnvironment::read();
  EXPECT_EQ(environment.https, "http://lower:1");
  EXPECT_EQ(environment.http, "");
  EXPECT_EQ(environment.none_for, "localhost");
  unsetenv("https_proxy");
  unsetenv("NO_PROXY");
  unsetenv("HTTP_PROXY");
}

TEST(NoProxy, ListsNamesAndWhatIsBelowThem) {
  EXPECT_TRUE(excluded_from_proxy("*", origin("http://any")));
  EXPECT_TRUE(excluded_from_proxy("example.com", origin("http://example.com")));
  EXPECT_TRUE(excluded_from_proxy("example.com", origin("http://api.example.com")));
  EXPECT_TRUE(excluded_from_proxy(".Example.com", origin("http://api.example.com")));
  EXPECT_FALSE(excluded_from_proxy("example.com", origin("http://badexample.com")));
  EXPECT_TRUE(excluded_from_proxy("a, b ,localhost", origin("http://localhost")));
  EXPECT_TRUE(excluded_from_proxy("host:8080", origin("http://host:8080")));
  EXPECT_FALSE(excluded_from_proxy("host:8081", origin("http://host:8080")));
  EXPECT_FALSE(excluded_from_proxy("", origin("http://host")));
  EXPECT_FALSE(excluded_from_proxy(" , .", origin("http://host")));
}

TEST(NoProxy, ListsAddressesAndNetworks) {
  EXPECT_TRUE(excluded_from_proxy("127.0.0.1", origin("http://127.0.0.1")));
  EXPECT_TRUE(excluded_from_proxy("10.0.0.0/8", origin("http://10.20.30.40")));
  EXPECT_FALSE(excluded_from_proxy("10.0.0.0/8", origin("http://11.0.0.1")));
  EXPECT_TRUE(excluded_from_proxy("192.168.4.0/22", origin("http://192.168.7.9")));
  EXPECT_FALSE(excluded_from_proxy("192.168.4.0/22", origin("http://192.168.8.1")));
  EXPECT_TRUE(excluded_from_proxy("::1", origin("http://[::1]")));
  EXPECT_TRUE(excluded_from_proxy("[::1]", origin("http://[::1]")));
  EXPECT_TRUE(excluded_from_proxy("fd00::/8", origin("http://[fd12::1]")));
  EXPECT_FALSE(excluded_from_proxy("10.0.0.0/99", origin("http://10.0.0.1")));
}

}  // namespace
}  // namespace antiphon::transport
