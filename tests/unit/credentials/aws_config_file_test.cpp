// The files ~/.aws/config and ~/.aws/credentials.

#include "providers/aws_config_file.hpp"

#include <gtest/gtest.h>

#include <antiphon/error.hpp>

namespace antiphon {
namespace {

using codec::AwsConfigFile;
using codec::AwsSection;
using codec::parse_aws_config;

AwsConfigFile parse(std::string_view text) { return parse_aws_config(text, "/home/me/.aws/config"); }

TEST(AwsConfigFile, SectionsAndSettings) {
  const AwsConfigFile file = parse(
      "# made by hand\n"
      "[default]\n"
      "region = eu-west-1\n"
      "Aws_Access_Key_Id=AKID\n"
      "\n"
      "; another one\n"
      "[profile work]\n"
      "aws_secret_access_key =  a/b+c==  \n"
      "empty =\n");
  const AwsConfigFile expected = {
      {"default", {{"region", "eu-west-1"}, {"aws_access_key_id", "AKID"}}},
      {"profile work", {{"aws_secret_access_key", "a/b+c=="}, {"empty", ""}}},
  };
  EXPECT_EQ(file, expected);
}

TEST(AwsConfigFile, BlanksCommentsAndLineEnds) {
  EXPECT_EQ(parse("\xEF\xBB\xBF[a]\r\nb = c\r\n\r\n[ profile \t d ] # comment\r\ne = f # g\r\nh = i#j\r\nk = ;l"),
            (AwsConfigFile{{"a", {{"b", "c"}}}, {"profile d", {{"e", "f"}, {"h", "i#j"}, {"k", ""}}}}));
  EXPECT_EQ(parse(""), AwsConfigFile());
  EXPECT_EQ(parse("\n\n  \t\n#\n"), AwsConfigFile());
  EXPECT_EQ(parse("[a]"), (AwsConfigFile{{"a", {}}}));
}

TEST(AwsConfigFile, SettingsBelowASettingAreLeftOut) {
  EXPECT_EQ(parse("[a]\ns3 =\n  region = wrong\n\tx\nregion = right\n"),
            (AwsConfigFile{{"a", {{"s3", ""}, {"region", "right"}}}}));
}

TEST(AwsConfigFile, ExceptInSectionsOfServices) {
  EXPECT_EQ(parse("[services a]\nsts =\n  Endpoint_URL = http://b # c\n\tx\n[services d]\n  e = f\n"),
            (AwsConfigFile{{"services a", {{"sts", ""}, {"sts.endpoint_url", "http://b"}}}, {"services d", {}}}));
}

TEST(AwsConfigFile, TheLastOfTwoWins) {
  EXPECT_EQ(parse("[a]\nx=1\n[b]\n[a]\nx=2\ny=3\n"), (AwsConfigFile{{"a", {{"x", "2"}, {"y", "3"}}}, {"b", {}}}));
}

TEST(AwsConfigFile, ErrorsNameTheLineAndNotWhatStandsThere) {
  const auto message = [](std::string_view text) {
    try {
      parse(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      EXPECT_EQ(error.where(), "aws.profile");
      EXPECT_EQ(std::string(error.what()).find("SECRET"), std::string::npos);
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(message("[a]\n\nSECRET\n"), "/home/me/.aws/config, line 3: neither a section nor \"name = value\"");
  EXPECT_EQ(message("x = SECRET\n[a]\n"), "/home/me/.aws/config, line 1: a setting outside of any section");
  EXPECT_EQ(message("[a\n"), "/home/me/.aws/config, line 1: a section without its closing bracket");
  EXPECT_EQ(message("[a]\n[ ]\n"), "/home/me/.aws/config, line 2: a section without a name");
  EXPECT_EQ(message("[a]\n= SECRET\n"), "/home/me/.aws/config, line 2: a setting without a name");
}

}  // namespace
}  // namespace antiphon
