// The program that a profile gets its keys from: its command line, and what it writes.

#include "providers/aws_program.hpp"

#include <gtest/gtest.h>

#include "unit/credentials/world.hpp"

namespace antiphon {
namespace {

using codec::AwsKeys;
using codec::Fetched;
using codec::read_program_keys;
using codec::split_command;
using Words = std::vector<std::string>;

TEST(AwsProgram, TheWordsOfItsCommandLine) {
  EXPECT_EQ(split_command("/opt/bin/keys --user helen"), (Words{"/opt/bin/keys", "--user", "helen"}));
  EXPECT_EQ(split_command("  a \t b  "), (Words{"a", "b"}));
  EXPECT_EQ(split_command("\"/Users/my name/keys.sh\" one \"two words\" ''"),
            (Words{"/Users/my name/keys.sh", "one", "two words", ""}));
  EXPECT_EQ(split_command("a --b=\"c d\"e'f g'"), (Words{"a", "--b=c def g"}));
}

TEST(AwsProgram, BackslashesInItsCommandLine) {
  EXPECT_EQ(split_command(R"(a b\ c \"d)"), (Words{"a", "b c", "\"d"}));
  EXPECT_EQ(split_command(R"(a "b\"c\\d\e" 'f\g')"), (Words{"a", "b\"c\\d\\e", "f\\g"}));
  EXPECT_EQ(split_command("a b\\"), (Words{"a", "b\\"}));
}

TEST(AwsProgram, NothingIsExpanded) {
  EXPECT_EQ(split_command("a $HOME ~ `id` *;b|c"), (Words{"a", "$HOME", "~", "`id`", "*;b|c"}));
}

TEST(AwsProgram, WhatIsNoCommandLine) {
  for (const char* wrong : {"", "  ", "a \"b", "a 'b", "\"\" a"}) EXPECT_FALSE(split_command(wrong)) << wrong;
  EXPECT_FALSE(split_command(std::string_view("a\0b", 3)));
}

TEST(AwsProgram, WhatItWrites) {
  const Result<Fetched<AwsKeys>> keys = read_program_keys(
      R"({"Version":1,"AccessKeyId":"ID","SecretAccessKey":"SECRET","SessionToken":"T","Expiration":"2026-11-27T10:00:00+00:00"})",
      "place", "it");
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->value, (AwsKeys{"ID", "SECRET", "T"}));
  EXPECT_EQ(test::in_rfc3339(keys->expires.value()), "2026-11-27T10:00:00Z");
  const auto lasting = read_program_keys(R"( {"Version": 1, "AccessKeyId": "ID", "SecretAccessKey": "S", "More": []}
)",
                                         "place", "it");
  ASSERT_TRUE(lasting);
  EXPECT_EQ(lasting->value, (AwsKeys{"ID", "S", ""}));
  EXPECT_FALSE(lasting->expires);
}

TEST(AwsProgram, WhatIsNotThat) {
  const auto message = [](std::string_view output) {
    const auto keys = read_program_keys(output, "place", "it");
    if (keys) return std::string("no error");
    EXPECT_EQ(keys.error().kind(), ErrorKind::protocol);
    EXPECT_EQ(keys.error().where(), "place");
    test::expect_no_secret(keys.error());
    return keys.error().message().substr(std::string("the answer of it holds no credentials: ").size());
  };
  EXPECT_EQ(message(""), "it is not a JSON object");
  EXPECT_EQ(message("SECRET"), "it is not a JSON object");
  EXPECT_EQ(message("[]"), "it is not a JSON object");
  EXPECT_EQ(message(R"({"AccessKeyId":"ID","SecretAccessKey":"SECRET"})"), "its Version is not 1");
  EXPECT_EQ(message(R"({"Version":2,"AccessKeyId":"ID","SecretAccessKey":"SECRET"})"), "its Version is not 1");
  EXPECT_EQ(message(R"({"Version":1,"SecretAccessKey":"SECRET"})"), "no AccessKeyId");
  EXPECT_EQ(message(R"({"Version":1,"AccessKeyId":"a\nb","SecretAccessKey":"SECRET"})"), "no AccessKeyId");
  EXPECT_EQ(message(R"({"Version":1,"AccessKeyId":"ID","SecretAccessKey":null})"), "no SecretAccessKey");
  EXPECT_EQ(message(R"({"Version":1,"AccessKeyId":"ID","SecretAccessKey":"SECRET","SessionToken":"SECRET\r"})"),
            "a SessionToken that no header can hold");
  EXPECT_EQ(message(R"({"Version":1,"AccessKeyId":"ID","SecretAccessKey":"SECRET","Expiration":"tomorrow"})"),
            "an Expiration that is no time");
}

}  // namespace
}  // namespace antiphon
