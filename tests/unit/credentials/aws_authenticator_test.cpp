// Signing for the right region and service, and what a refusal by the provider changes.

#include "providers/aws_authenticator.hpp"

#include <gtest/gtest.h>

#include "providers/aws_credentials.hpp"
#include "support/temporary_folder.hpp"
#include "unit/credentials/world.hpp"

namespace antiphon {
namespace {

using codec::AwsKeys;
using codec::AwsScope;
using codec::AwsStoredKeysAuthenticator;
using codec::decide_scope;
using test::bedrock;
using test::refusal;
using test::World;
using namespace std::chrono_literals;

std::string scope_of(const std::string& url, const AwsScope& scope = AwsScope()) {
  const codec::sigv4::Scope decided = decide_scope(scope, url);
  return decided.region + " " + decided.service;
}

TEST(AwsScope, WhatTheHostSays) {
  EXPECT_EQ(scope_of("https://bedrock-runtime.us-east-1.amazonaws.com/model"), "us-east-1 bedrock");
  EXPECT_EQ(scope_of("https://bedrock.eu-central-1.amazonaws.com:443/"), "eu-central-1 bedrock");
  EXPECT_EQ(scope_of("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com"), "us-gov-west-1 bedrock");
  EXPECT_EQ(scope_of("https://bedrock-runtime.cn-north-1.amazonaws.com.cn/"), "cn-north-1 bedrock");
  EXPECT_EQ(scope_of("https://bedrock-runtime.us-west-2.api.aws/"), "us-west-2 bedrock");
  EXPECT_EQ(scope_of("https://bedrock-mantle.us-west-2.api.aws/v1"), "us-west-2 bedrock-mantle");
  EXPECT_EQ(scope_of("https://Bedrock-Mantle.US-WEST-2.api.aws/v1"), "us-west-2 bedrock-mantle");
  EXPECT_EQ(scope_of("https://vpce-0ab1-x9.bedrock-runtime.ap-southeast-2.vpce.amazonaws.com/"),
            "ap-southeast-2 bedrock");
}

TEST(AwsScope, TheHostTellsTheRegionThenWhatIsSetThenTheDefault) {
  AwsScope scope;
  scope.default_region = "eu-north-1";
  EXPECT_EQ(scope_of("http://127.0.0.1:8080/", scope), "eu-north-1 bedrock");
  EXPECT_EQ(scope_of("https://gpu-server-1.example.com/", scope), "eu-north-1 bedrock") << "no host of AWS";
  EXPECT_EQ(scope_of(bedrock, scope), "eu-west-1 bedrock");
  scope.region = "us-east-2";
  scope.service = "aoss";
  EXPECT_EQ(scope_of("http://127.0.0.1:8080/", scope), "us-east-2 aoss");
  EXPECT_EQ(scope_of(bedrock, scope), "eu-west-1 aoss") << "a call that was moved is signed for where it goes";
}

TEST(AwsScope, WithoutARegionNothingIsSigned) {
  World world;
  AwsStoredKeysAuthenticator authenticator(AwsKeys{"ID", "SECRET", ""}, AwsScope());
  const auto asked = world.run(authenticator, "http://127.0.0.1:8080/model/m/converse");
  ASSERT_TRUE(asked->error);
  EXPECT_EQ(asked->error->kind(), ErrorKind::invalid_config);
  EXPECT_EQ(asked->error->where(), "aws.region");
  EXPECT_TRUE(asked->request.headers.empty());

  AwsScope scope;
  scope.problem = Error(ErrorKind::invalid_config, "cannot read the file").where("aws.profile");
  AwsStoredKeysAuthenticator other(AwsKeys{"ID", "SECRET", ""}, scope);
  EXPECT_EQ(world.run(other, "http://127.0.0.1/")->error->message(), "cannot read the file");
  EXPECT_FALSE(world.run(other, bedrock)->error);
}

TEST(AwsAuthenticator, SignsWithTheClockOfTheEngine) {
  World world;
  AwsStoredKeysAuthenticator authenticator(AwsKeys{"ID", "SECRET", ""}, AwsScope());
  const auto asked = world.run(authenticator, bedrock);
  EXPECT_EQ(asked->header("x-amz-date"), codec::sigv4::timestamp(world.now()));
  world.scheduler.run_for(1h);
  EXPECT_EQ(world.run(authenticator, bedrock)->header("x-amz-date"), codec::sigv4::timestamp(world.now()));
}

TEST(AwsAuthenticator, AHeaderOfTheUsersOwnWins) {
  World world;
  AwsStoredKeysAuthenticator authenticator(AwsKeys{"ID", "SECRET", ""}, AwsScope());
  HttpRequest request;
  request.url = bedrock;
  request.headers.add("authorization", "Bearer mine");
  const auto asked = world.ask(authenticator, request);
  EXPECT_EQ(asked->calls, 1);
  EXPECT_FALSE(asked->error);
  EXPECT_EQ(asked->request.headers, request.headers);
}

TEST(AwsAuthenticator, WhichRefusalsMeanExpired) {
  EXPECT_TRUE(codec::says_expired(refusal(401)));
  EXPECT_TRUE(codec::says_expired(refusal(403, "ExpiredTokenException")));
  EXPECT_TRUE(codec::says_expired(refusal(403, "UnrecognizedClientException")));
  EXPECT_FALSE(codec::says_expired(refusal(403, "AccessDeniedException")));
  EXPECT_FALSE(codec::says_expired(refusal(403)));
  EXPECT_FALSE(codec::says_expired(refusal(400, "ExpiredTokenException")));
}

TEST(AwsAuthenticator, KeysThatNeverChangeAreNotTriedAgain) {
  World world;
  AwsStoredKeysAuthenticator authenticator(AwsKeys{"ID", "SECRET", ""}, AwsScope());
  const auto asked = world.run(authenticator, bedrock);
  EXPECT_FALSE(authenticator.rejected_with(refusal(403, "ExpiredTokenException"), asked->at));
}

/// A profile whose keys somebody else renews, as `aws sso login` and the like do.
class AwsRenewedFileTest : public testing::Test {
 protected:
  AwsRenewedFileTest() {
    write("OLD");
    authenticator = codec::make_aws_authenticator(AwsCredentials(), test::environment({{"HOME", folder.path()}}),
                                                  codec::NoCredentials::refused);
  }

  void write(const std::string& id) {
    folder.write(".aws/credentials", "[default]\naws_access_key_id = " + id + "\naws_secret_access_key = SECRET\n");
  }
  std::string signed_with(const test::Authorized& asked) {
    return asked.header("authorization").find("Credential=NEW/") == std::string::npos ? "OLD" : "NEW";
  }

  const Error expired = refusal(403, "ExpiredTokenException");
  test::TemporaryFolder folder;
  World world;
  std::shared_ptr<Authenticator> authenticator;
};

TEST_F(AwsRenewedFileTest, ItIsReadAgainAfterARefusal) {
  const auto first = world.run(*authenticator, bedrock);
  const auto second = world.run(*authenticator, bedrock);
  EXPECT_FALSE(authenticator->rejected_with(expired, first->at)) << "nothing changed";
  write("NEW");
  EXPECT_EQ(signed_with(*world.run(*authenticator, bedrock)), "OLD") << "not read for each request";
  EXPECT_FALSE(authenticator->rejected_with(refusal(403, "AccessDeniedException"), first->at));
  EXPECT_TRUE(authenticator->rejected_with(expired, first->at));
  EXPECT_TRUE(authenticator->rejected_with(expired, second->at)) << "it was sent with the old ones as well";
  world.scheduler.run_for(1s);
  const auto renewed = world.run(*authenticator, bedrock);
  EXPECT_EQ(signed_with(*renewed), "NEW");
  EXPECT_TRUE(authenticator->rejected_with(expired, second->at)) << "its refusal came late";
  EXPECT_FALSE(authenticator->rejected_with(expired, renewed->at)) << "the new ones are no better";
}

TEST_F(AwsRenewedFileTest, AFileThatIsBrokenMeanwhileChangesNothing) {
  const auto asked = world.run(*authenticator, bedrock);
  folder.write(".aws/credentials", "[default");
  EXPECT_FALSE(authenticator->rejected_with(expired, asked->at));
  folder.write(".aws/credentials", "");
  EXPECT_FALSE(authenticator->rejected_with(expired, asked->at));
  EXPECT_EQ(signed_with(*world.run(*authenticator, bedrock)), "OLD");
}

}  // namespace
}  // namespace antiphon
