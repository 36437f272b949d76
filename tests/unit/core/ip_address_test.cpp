// Addresses of the public internet, and those that are not (RFC 6890 and IANA's registries).

#include "core/ip_address.hpp"

#include <gtest/gtest.h>

namespace antiphon::ip {
namespace {

TEST(IpAddress, Public) {
  for (const char* address :
       {"1.1.1.1",         "8.8.8.8",        "9.255.255.255",    "11.0.0.0",       "100.63.255.255",  "100.128.0.0",
        "126.255.255.255", "128.0.0.0",      "169.253.255.255",  "169.255.0.0",    "172.15.255.255",  "172.32.0.0",
        "192.167.255.255", "192.169.0.0",    "198.17.255.255",   "198.20.0.0",     "223.255.255.255", "2606:4700::1111",
        "2a00::1",         "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"}) {
    EXPECT_TRUE(is_public_address(address)) << address;
    EXPECT_TRUE(may_be_public(address)) << address;
  }
}

TEST(IpAddress, NotPublic) {
  for (const char* address : {"0.0.0.0",
                              "10.0.0.0",
                              "10.255.255.255",
                              "100.64.0.0",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.9.9.9",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.1",
                              "192.0.2.1",
                              "192.168.1.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "198.51.100.1",
                              "203.0.113.9",
                              "224.0.0.1",
                              "239.1.1.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fc00::1",
                              "fdff::1",
                              "ff02::1",
                              "2001:db8::1",
                              "2001::1",
                              "3fff::1",
                              "100::1",
                              "::ffff:10.0.0.1",
                              "::ffff:127.0.0.1",
                              "64:ff9b::a00:1",
                              "2002:a00:1::1",
                              "2002:7f00:1::",
                              "fec0::1",
                              "::127.0.0.1"}) {
    EXPECT_FALSE(is_public_address(address)) << address;
    EXPECT_FALSE(may_be_public(address)) << address;
  }
}

TEST(IpAddress, WhatIsNone) {
  for (const char* text : {"", "example.com", "1.2.3", "1.2.3.4.5", "256.1.1.1", "8.8.8.8 ", "[::1]"}) {
    EXPECT_FALSE(is_public_address(text)) << text;
  }
}

TEST(IpAddress, NamesMayBePublicNumbersInDisguiseAreNot) {
  for (const char* name : {"example.com", "EXAMPLE.com.", "1a.example", "xn--80ak6aa92e.com", "0x.example", "a"}) {
    EXPECT_TRUE(may_be_public(name)) << name;
  }
  for (const char* name :
       {"", ".", "localhost", "LocalHost", "localhost.", "a.b.localhost", "127.1", "0x7f.0.0.1", "0x7f000001",
        "2130706433", "017700000001", "127.0.0.1.", "1.2.3.0x4", "10.0.0.08", "fe80::1%eth0", "%31.1.1.1"}) {
    EXPECT_FALSE(may_be_public(name)) << name;
  }
}

}  // namespace
}  // namespace antiphon::ip
