// Where AWS keys are searched, in which order, and what is said when there are none.

#include <gtest/gtest.h>

#include "providers/aws_credentials.hpp"
#include "support/temporary_folder.hpp"
#include "unit/credentials/world.hpp"

namespace antiphon {
namespace {

using codec::make_aws_authenticator;
using codec::NoCredentials;
using test::bedrock;
using test::World;
using Variables = std::map<std::string, std::string>;

class AwsChainTest : public testing::Test {
 protected:
  std::shared_ptr<Authenticator> make(const AwsCredentials& credentials, Variables variables = {},
                                      NoCredentials none = NoCredentials::refused) {
    variables.emplace("HOME", folder.path());
    return make_aws_authenticator(credentials, test::environment(std::move(variables)), none);
  }
  /// `where: message` of what making it throws.
  std::string refusal(const AwsCredentials& credentials, Variables variables = {}) {
    try {
      make(credentials, std::move(variables));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      EXPECT_EQ(std::string(error.what()).find("HUSH"), std::string::npos);
      return error.where() + ": " + error.message();
    }
    return "none";
  }
  /// The id that a request is signed with; what stands in its place when it is not signed.
  std::string signed_with(const std::shared_ptr<Authenticator>& authenticator) {
    const auto asked = world.run(*authenticator, bedrock);
    EXPECT_EQ(asked->calls, 1);
    if (asked->error) return asked->error->what();
    const std::string header = asked->header("authorization");
    const auto begin = header.find("Credential=");
    if (begin == header.npos) return header;
    return header.substr(begin + 11, header.find('/') - begin - 11);
  }
  void write_default_profile() {
    folder.write(".aws/credentials",
                 "[default]\naws_access_key_id = PROFILE\naws_secret_access_key = HUSH\n"
                 "[work]\naws_access_key_id = WORK\naws_secret_access_key = HUSH\n");
  }

  const Variables keys = {{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "HUSH"}};
  test::TemporaryFolder folder;
  World world;
};

Variables with(Variables variables, const char* name, std::string value) {
  variables[name] = std::move(value);
  return variables;
}

TEST_F(AwsChainTest, GivenKeysComeFirst) {
  write_default_profile();
  const Variables all = with(keys, "AWS_BEARER_TOKEN_BEDROCK", "TOKEN");
  EXPECT_EQ(signed_with(make(AwsCredentials().access_key("GIVEN", "HUSH"), all)), "GIVEN");
  EXPECT_EQ(signed_with(make(AwsCredentials().bearer_token("KEY"), all)), "Bearer KEY");
  EXPECT_EQ(signed_with(make(AwsCredentials().profile("work"), all)), "WORK");
}

TEST_F(AwsChainTest, ThenTheEnvironment) {
  write_default_profile();
  EXPECT_EQ(signed_with(make(AwsCredentials(), with(keys, "AWS_BEARER_TOKEN_BEDROCK", "TOKEN"))), "Bearer TOKEN");
  EXPECT_EQ(signed_with(make(AwsCredentials(), keys)), "ENV");
  EXPECT_EQ(signed_with(make(AwsCredentials(), with(keys, "AWS_PROFILE", "work"))), "ENV");
  const auto asked = world.run(*make(AwsCredentials(), with(keys, "AWS_SESSION_TOKEN", "SESSION")), bedrock);
  EXPECT_EQ(asked->header("x-amz-security-token"), "SESSION");
}

TEST_F(AwsChainTest, ThenTheProfile) {
  write_default_profile();
  const Variables container = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/keys"}};
  EXPECT_EQ(signed_with(make(AwsCredentials(), container)), "PROFILE");
  EXPECT_EQ(signed_with(make(AwsCredentials(), with(container, "AWS_PROFILE", "work"))), "WORK");
  EXPECT_TRUE(world.sent.empty());
}

TEST_F(AwsChainTest, ThenTheContainer) {
  world.server = [](const HttpRequest&) {
    return test::json_answer(200, R"({"AccessKeyId":"BOX","SecretAccessKey":"HUSH"})");
  };
  EXPECT_EQ(signed_with(make(AwsCredentials(), {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/keys"}})), "BOX");
  ASSERT_EQ(world.sent.size(), 1u);
  EXPECT_EQ(world.sent[0].url, "http://169.254.170.2/keys");
}

TEST_F(AwsChainTest, AProfileWithoutKeysLetsTheContainerGiveThem) {
  folder.write(".aws/config", "[profile work]\nregion = eu-west-1\n");
  world.server = [](const HttpRequest&) {
    return test::json_answer(200, R"({"AccessKeyId":"BOX","SecretAccessKey":"HUSH"})");
  };
  const Variables variables = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/keys"}, {"AWS_PROFILE", "work"}};
  EXPECT_EQ(signed_with(make(AwsCredentials(), variables)), "BOX");
  EXPECT_EQ(refusal(AwsCredentials().profile("work"), variables), "aws.profile: the profile \"work\" has no keys");
}

TEST_F(AwsChainTest, ThenTheInstance) {
  world.server = [](const HttpRequest& request) {
    if (request.url.ends_with("/token")) return test::json_answer(200, "session");
    if (request.url.ends_with('/')) return test::json_answer(200, "role");
    return test::json_answer(200, R"({"Code":"Success","AccessKeyId":"EC2","SecretAccessKey":"HUSH","Token":"T"})");
  };
  EXPECT_EQ(signed_with(make(AwsCredentials())), "EC2");
}

TEST_F(AwsChainTest, NothingAtAll) {
  EXPECT_EQ(refusal(AwsCredentials(), {{"AWS_EC2_METADATA_DISABLED", "true"}}),
            "aws: no AWS credentials: AWS_BEARER_TOKEN_BEDROCK, AWS_ACCESS_KEY_ID and AWS_WEB_IDENTITY_TOKEN_FILE are "
            "not set, no keys in the "
            "profile \"default\" (" +
                folder.path(".aws/credentials") + " and " + folder.path(".aws/config") +
                "), AWS_CONTAINER_CREDENTIALS_… is not set, and AWS_EC2_METADATA_DISABLED is set");
}

TEST_F(AwsChainTest, NothingAtAllAndNoInstance) {
  world.server = [](const HttpRequest&) {
    return test::Script().fail(Error(ErrorKind::connection, "connection refused"));
  };
  const auto authenticator = make(AwsCredentials());
  const auto asked = world.run(*authenticator, bedrock);
  ASSERT_TRUE(asked->error);
  EXPECT_EQ(asked->error->kind(), ErrorKind::authentication) << "trying again would not help";
  EXPECT_EQ(asked->error->where(), "aws");
  EXPECT_TRUE(asked->error->message().ends_with(
      ", and the metadata service of the EC2 instance gave no credentials: connection refused"))
      << asked->error->message();
}

TEST_F(AwsChainTest, WhereNoneMayBeWantedTheInstanceIsNotAsked) {
  EXPECT_EQ(make(AwsCredentials(), {}, NoCredentials::left_out), nullptr);
  EXPECT_EQ(signed_with(make(AwsCredentials(), keys, NoCredentials::left_out)), "ENV");
}

TEST_F(AwsChainTest, WhatIsWrongIsSaid) {
  EXPECT_EQ(refusal(AwsCredentials().access_key("GIVEN", "")),
            "aws.access_key: AwsCredentials::access_key has half a pair of keys: its secret is missing");
  EXPECT_EQ(refusal(AwsCredentials().access_key("", "HUSH")),
            "aws.access_key: AwsCredentials::access_key has half a pair of keys: its id is missing");
  EXPECT_EQ(refusal(AwsCredentials().session_token("HUSH")),
            "aws.session_token: a session token without an access key");
  EXPECT_EQ(refusal(AwsCredentials(), {{"AWS_ACCESS_KEY_ID", "ENV"}}),
            "aws.access_key: the environment has half a pair of keys: AWS_SECRET_ACCESS_KEY is missing");
  EXPECT_EQ(refusal(AwsCredentials(), {{"AWS_SECRET_ACCESS_KEY", "HUSH"}}),
            "aws.access_key: the environment has half a pair of keys: AWS_ACCESS_KEY_ID is missing");
  EXPECT_EQ(refusal(AwsCredentials().access_key("A\r\nX-HUSH: 1", "s")),
            "aws.access_key: a key of AwsCredentials::access_key holds a control character");
  EXPECT_EQ(refusal(AwsCredentials(), with(keys, "AWS_SESSION_TOKEN", "HUSH\n")),
            "aws.access_key: a key of the environment holds a control character");
  EXPECT_EQ(refusal(AwsCredentials(), {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}}),
            "aws.web_identity: AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not");
  EXPECT_EQ(refusal(AwsCredentials(), {{"AWS_PROFILE", "none"}}).substr(0, 40),
            "aws.profile: there is no profile \"none\" ");
  folder.write(".aws/config", "[default]\nrole_arn = x\n");
  EXPECT_EQ(refusal(AwsCredentials()).substr(0, 52), "aws.profile: the profile \"default\" assumes a role (r");
  EXPECT_EQ(refusal(AwsCredentials(), keys), "none") << "the profile is not needed";
}

}  // namespace
}  // namespace antiphon
