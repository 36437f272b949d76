// Roles: with the token of a web identity and with keys, from the environment and from profiles, down to what AWS STS
// is asked.

#include "providers/aws_role.hpp"

#include <gtest/gtest.h>

#include "providers/aws_credentials.hpp"
#include "providers/percent.hpp"
#include "providers/sigv4.hpp"
#include "support/temporary_folder.hpp"
#include "unit/credentials/sts_answers.hpp"
#include "unit/credentials/world.hpp"

namespace antiphon {
namespace {

using codec::AwsKeys;
using test::Authorized;
using test::bedrock;
using test::json_answer;
using test::Script;
using test::World;
using namespace std::chrono_literals;
using Variables = std::map<std::string, std::string>;

/// The value of a field of a form.
std::string field(const HttpRequest& request, const std::string& name) {
  const std::string body = "&" + request.body + "&";
  const auto at = body.find("&" + name + "=");
  if (at == body.npos) return "none";
  const auto begin = at + name.size() + 2;
  return codec::percent_decoded(body.substr(begin, body.find('&', begin) - begin)).value();
}

class AwsRoleTest : public testing::Test {
 protected:
  AwsRoleTest() {
    world.server = [this](const HttpRequest& request) { return sts(request); };
  }
  /// The n-th role that is assumed has the keys `ASIAn`, good for an hour.
  Script sts(const HttpRequest& request) {
    const std::string id = "ASIA" + std::to_string(world.sent.size());
    return Script::answer(200, "text/xml",
                          test::sts_answer(field(request, "Action"), id, test::in_rfc3339(world.now() + 1h)));
  }
  std::shared_ptr<Authenticator> make(Variables variables, const AwsCredentials& credentials = AwsCredentials()) {
    variables.emplace("HOME", folder.path());
    return codec::make_aws_authenticator(credentials, test::environment(std::move(variables)),
                                         codec::NoCredentials::refused);
  }
  std::shared_ptr<Authenticator> of_profile(const std::string& config, Variables variables = {}) {
    folder.write(".aws/config", config);
    return make(std::move(variables));
  }
  static std::string signed_with(const Authorized& asked) {
    if (asked.error) return asked.error->what();
    const std::string header = asked.header("authorization");
    const auto begin = header.find("Credential=") + 11;
    return header.substr(begin, header.find('/') - begin);
  }
  std::string signed_with(Authenticator& authenticator) { return signed_with(*world.run(authenticator, bedrock)); }
  /// Why a request got no credentials.
  Error failure(Authenticator& authenticator) {
    const auto asked = world.run(authenticator, bedrock);
    EXPECT_EQ(asked->calls, 1);
    EXPECT_TRUE(world.scheduler.idle()) << "a timer was left behind";
    const Error error = asked->error.value_or(Error(ErrorKind::internal, "no error"));
    test::expect_no_secret(error);
    return error;
  }
  /// Whether a request is signed as these keys sign it.
  void expect_signed(const HttpRequest& request, const AwsKeys& keys, const std::string& region) {
    HttpRequest again = request;
    again.headers.set("Authorization", "");
    codec::sigv4::sign(again, keys, {region, "sts"}, world.now());
    EXPECT_EQ(request.headers.get("authorization"), again.headers.get("authorization"));
    EXPECT_FALSE(request.headers.get("authorization").empty());
  }

  const std::string base = "[profile base]\naws_access_key_id = BASE\naws_secret_access_key = SECRET\n";
  test::TemporaryFolder folder;
  World world;
};

TEST_F(AwsRoleTest, AWebIdentityOfTheEnvironment) {
  const std::string file = folder.write("token", " SECRET.token+/= \n");
  const auto authenticator = make({{"AWS_WEB_IDENTITY_TOKEN_FILE", file},
                                   {"AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r"},
                                   {"AWS_ROLE_SESSION_NAME", "me"}});
  const auto asked = world.run(*authenticator, bedrock);
  EXPECT_EQ(signed_with(*asked), "ASIA1");
  EXPECT_EQ(asked->header("x-amz-security-token"), "TOKEN-ASIA1");
  ASSERT_EQ(world.sent.size(), 1u);
  const HttpRequest& sent = world.sent[0];
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_EQ(sent.headers.get("content-type"), "application/x-www-form-urlencoded");
  EXPECT_FALSE(sent.headers.find("authorization")) << "the token is what it knows us by";
  EXPECT_EQ(field(sent, "Action"), "AssumeRoleWithWebIdentity");
  EXPECT_EQ(field(sent, "Version"), "2011-06-15");
  EXPECT_EQ(field(sent, "RoleArn"), "arn:aws:iam::123456789012:role/r");
  EXPECT_EQ(field(sent, "RoleSessionName"), "me");
  EXPECT_EQ(field(sent, "WebIdentityToken"), "SECRET.token+/=");
  EXPECT_EQ(field(sent, "DurationSeconds"), "none");
  EXPECT_EQ(signed_with(*authenticator), "ASIA1") << "it is kept";
}

TEST_F(AwsRoleTest, TheTokenIsReadAnewForEachRole) {
  const std::string file = folder.write("token", "one");
  const auto authenticator = make({{"AWS_WEB_IDENTITY_TOKEN_FILE", file}, {"AWS_ROLE_ARN", "arn"}});
  EXPECT_EQ(signed_with(*authenticator), "ASIA1");
  EXPECT_TRUE(field(world.sent[0], "RoleSessionName").starts_with("antiphon-"));
  folder.write("token", "two");
  world.scheduler.run_for(57min);
  EXPECT_EQ(signed_with(*authenticator), "ASIA1") << "the old ones are still good, and others are fetched beside";
  EXPECT_EQ(signed_with(*authenticator), "ASIA2");
  ASSERT_EQ(world.sent.size(), 2u);
  EXPECT_EQ(field(world.sent[1], "WebIdentityToken"), "two");
}

TEST_F(AwsRoleTest, WhenTheProviderSaysThatTheyHaveExpiredOthersAreFetched) {
  const std::string file = folder.write("token", "one");
  const auto authenticator = make({{"AWS_WEB_IDENTITY_TOKEN_FILE", file}, {"AWS_ROLE_ARN", "arn"}});
  const auto asked = world.run(*authenticator, bedrock);
  EXPECT_TRUE(authenticator->rejected_with(test::refusal(403, "ExpiredTokenException"), asked->at));
  EXPECT_EQ(signed_with(*authenticator), "ASIA2");
}

TEST_F(AwsRoleTest, ATokenThatIsNotThere) {
  const auto authenticator = make({{"AWS_WEB_IDENTITY_TOKEN_FILE", folder.path("token")}, {"AWS_ROLE_ARN", "arn"}});
  Error error = failure(*authenticator);
  EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
  EXPECT_EQ(error.where(), "aws.web_identity");
  EXPECT_EQ(error.message(), "there is no file " + folder.path("token"));
  folder.write("token", " \n");
  EXPECT_EQ(failure(*authenticator).message(), folder.path("token") + " holds no token");
  folder.write("token", "one");
  EXPECT_EQ(signed_with(*authenticator), "ASIA1") << "it came";
}

TEST_F(AwsRoleTest, TheEnvironmentIsBeforeTheProfileAndAChosenProfileBeforeIt) {
  folder.write(".aws/config", base);
  const Variables web = {
      {"AWS_WEB_IDENTITY_TOKEN_FILE", folder.write("token", "one")}, {"AWS_ROLE_ARN", "arn"}, {"AWS_PROFILE", "base"}};
  EXPECT_EQ(signed_with(*make(web)), "ASIA1");
  EXPECT_EQ(signed_with(*make(web, AwsCredentials().profile("base"))), "BASE");
  Variables keys = web;
  keys.insert({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "SECRET"}});
  EXPECT_EQ(signed_with(*make(keys)), "ENV") << "keys come first";
}

TEST_F(AwsRoleTest, AWebIdentityOfAProfile) {
  const auto authenticator = of_profile(
      "[default]\nregion = eu-north-1\nrole_arn = arn\nrole_session_name = me\nduration_seconds = 1200\n"
      "web_identity_token_file = " +
      folder.write("token", "one") + "\n");
  EXPECT_EQ(signed_with(*authenticator), "ASIA1");
  EXPECT_EQ(world.sent[0].url, "https://sts.eu-north-1.amazonaws.com/");
  EXPECT_EQ(field(world.sent[0], "RoleSessionName"), "me");
  EXPECT_EQ(field(world.sent[0], "DurationSeconds"), "1200");
  EXPECT_EQ(field(world.sent[0], "WebIdentityToken"), "one");
}

TEST_F(AwsRoleTest, ARoleWithTheKeysOfAnotherProfile) {
  const auto authenticator =
      of_profile(base + "[default]\nrole_arn = arn:r\nsource_profile = base\nexternal_id = x/y\nregion = eu-west-3\n");
  EXPECT_EQ(signed_with(*authenticator), "ASIA1");
  ASSERT_EQ(world.sent.size(), 1u);
  EXPECT_EQ(world.sent[0].url, "https://sts.eu-west-3.amazonaws.com/");
  EXPECT_EQ(field(world.sent[0], "Action"), "AssumeRole");
  EXPECT_EQ(field(world.sent[0], "RoleArn"), "arn:r");
  EXPECT_EQ(field(world.sent[0], "ExternalId"), "x/y");
  expect_signed(world.sent[0], AwsKeys{"BASE", "SECRET", ""}, "eu-west-3");
}

TEST_F(AwsRoleTest, ARoleWithTheKeysOfARole) {
  const auto authenticator = of_profile(base +
                                        "[default]\nrole_arn = arn:last\nsource_profile = middle\n"
                                        "[profile middle]\nrole_arn = arn:middle\nsource_profile = base\n");
  EXPECT_EQ(signed_with(*authenticator), "ASIA2");
  ASSERT_EQ(world.sent.size(), 2u);
  EXPECT_EQ(field(world.sent[0], "RoleArn"), "arn:middle");
  EXPECT_EQ(field(world.sent[1], "RoleArn"), "arn:last");
  EXPECT_EQ(world.sent[1].headers.get("x-amz-security-token"), "TOKEN-ASIA1");
  expect_signed(world.sent[1], AwsKeys{"ASIA1", "SECRET/ASIA1", "TOKEN-ASIA1"}, "eu-west-1");
}

TEST_F(AwsRoleTest, ARoleWithKeysOfTheEnvironment) {
  const std::string config = "[profile p]\nrole_arn = arn\ncredential_source = Environment\n";
  folder.write(".aws/config", config);
  const AwsCredentials chosen = AwsCredentials().profile("p");
  EXPECT_EQ(signed_with(*make({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "SECRET"}}, chosen)), "ASIA1");
  expect_signed(world.sent[0], AwsKeys{"ENV", "SECRET", ""}, "eu-west-1");
  try {
    make({{"AWS_ACCESS_KEY_ID", "ENV"}}, chosen);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.where(), "aws.profile");
    EXPECT_EQ(error.message(),
              "the profile \"p\" gives no keys: credential_source = Environment, but AWS_ACCESS_KEY_ID and "
              "AWS_SECRET_ACCESS_KEY are not both set");
  }
}

TEST_F(AwsRoleTest, ARoleWithKeysOfTheContainerOrTheInstance) {
  world.server = [this](const HttpRequest& request) {
    if (request.url.starts_with("https://sts.")) return sts(request);
    if (request.url.ends_with("/token")) return json_answer(200, "session");
    if (request.url.ends_with('/')) return json_answer(200, "role");
    return json_answer(200, R"({"Code":"Success","AccessKeyId":"BOX","SecretAccessKey":"SECRET","Token":"T"})");
  };
  const auto container = of_profile("[default]\nrole_arn = arn\ncredential_source = EcsContainer\n",
                                    {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/keys"}});
  EXPECT_EQ(signed_with(*container), "ASIA2");
  expect_signed(world.sent[1], AwsKeys{"BOX", "SECRET", "T"}, "eu-west-1");
  EXPECT_EQ(signed_with(*of_profile("[default]\nrole_arn = arn\ncredential_source = Ec2InstanceMetadata\n")), "ASIA6");
  const auto refusal = [this](const std::string& place, Variables variables) {
    try {
      of_profile("[default]\nrole_arn = arn\ncredential_source = " + place + "\n", std::move(variables));
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("none");
  };
  EXPECT_EQ(refusal("EcsContainer", {}),
            "the profile \"default\" gives no keys: credential_source = EcsContainer, but "
            "AWS_CONTAINER_CREDENTIALS_… is not set");
  EXPECT_EQ(refusal("Ec2InstanceMetadata", {{"AWS_EC2_METADATA_DISABLED", "true"}}),
            "the profile \"default\" gives no keys: credential_source = Ec2InstanceMetadata, but "
            "AWS_EC2_METADATA_DISABLED is set");
}

TEST_F(AwsRoleTest, WhereAwsStsIs) {
  folder.write(".aws/config",
               base + "[profile p]\nrole_arn = arn\nsource_profile = base\nendpoint_url = https://profile.example\n");
  const auto url = [this](Variables variables) {
    world.sent.clear();
    world.run(*make(std::move(variables), AwsCredentials().profile("p").region("us-west-2")), bedrock);
    return world.sent.at(0).url;
  };
  EXPECT_EQ(url({}), "https://profile.example");
  EXPECT_EQ(url({{"AWS_ENDPOINT_URL", "https://all.example"}}), "https://all.example");
  EXPECT_EQ(url({{"AWS_ENDPOINT_URL", "https://all.example"}, {"AWS_ENDPOINT_URL_STS", "https://sts.example/x"}}),
            "https://sts.example/x");
  expect_signed(world.sent[0], AwsKeys{"BASE", "SECRET", ""}, "us-west-2");
  EXPECT_EQ(url({{"AWS_ENDPOINT_URL_STS", "https://a.example"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}),
            "https://sts.us-west-2.amazonaws.com/");
  EXPECT_EQ(signed_with(*make({{"AWS_ENDPOINT_URL_STS", "nowhere"}}, AwsCredentials().profile("base"))), "BASE")
      << "who asks it nothing does not mind";
  try {
    make({{"AWS_ENDPOINT_URL_STS", "nowhere"}}, AwsCredentials().profile("p"));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.where(), "aws.sts");
    EXPECT_EQ(error.message(), "AWS_ENDPOINT_URL_STS is not a URL");
  }
}

TEST_F(AwsRoleTest, ItIsAskedTheWayOfTheCall) {
  const auto authenticator = of_profile(base + "[default]\nrole_arn = arn\nsource_profile = base\n");
  HttpRequest request;
  request.url = bedrock;
  request.proxy = "http://proxy:1";
  request.tls.ca_file("/ca.pem");
  world.ask(*authenticator, request);
  world.scheduler.run();
  EXPECT_EQ(world.sent.at(0).proxy, "http://proxy:1");
  EXPECT_EQ(world.sent.at(0).tls.ca_file(), "/ca.pem");
}

TEST_F(AwsRoleTest, WhatAwsStsRefuses) {
  world.server = [](const HttpRequest&) {
    return Script::answer(403, "text/xml", test::sts_refusal("AccessDenied", "SECRET is not authorized"));
  };
  const auto authenticator = of_profile(base + "[default]\nrole_arn = arn:r\nsource_profile = base\n");
  const Error error = failure(*authenticator);
  EXPECT_EQ(error.kind(), ErrorKind::authentication);
  EXPECT_EQ(error.where(), "aws.sts");
  EXPECT_EQ(error.message(), "AWS STS, asked for the role arn:r, refused to give credentials");
  EXPECT_EQ(error.provider_code(), "AccessDenied");
  EXPECT_EQ(error.provider_message(), "*** is not authorized");
}

TEST_F(AwsRoleTest, WhenAwsStsIsNotThere) {
  world.server = [](const HttpRequest&) { return Script().fail(Error(ErrorKind::connection, "connection refused")); };
  const auto authenticator = of_profile(base + "[default]\nrole_arn = arn:r\nsource_profile = base\n");
  const Error error = failure(*authenticator);
  EXPECT_EQ(error.kind(), ErrorKind::connection) << "trying again may help";
  EXPECT_EQ(error.message(), "AWS STS, asked for the role arn:r, gave no credentials: connection refused");
  world.server = [](const HttpRequest&) { return Script().connect(); };
  const auto began = world.scheduler.steady_now();
  EXPECT_EQ(failure(*authenticator).kind(), ErrorKind::timeout);
  EXPECT_EQ(world.scheduler.steady_now() - began, 30s);
}

TEST_F(AwsRoleTest, TheFilesAreReadAnewForEachFetch) {
  const auto authenticator = of_profile(base + "[default]\nrole_arn = arn:old\nsource_profile = base\n");
  folder.write(".aws/config", base + "[default]\nrole_arn = arn:new\nsource_profile = base\n");
  EXPECT_EQ(signed_with(*authenticator), "ASIA1");
  EXPECT_EQ(field(world.sent.at(0), "RoleArn"), "arn:new");
  folder.write(".aws/config", base + "[default]\nrole_arn = arn:new\n");
  authenticator->rejected_with(test::refusal(401), world.scheduler.steady_now());
  EXPECT_EQ(failure(*authenticator).where(), "aws.profile");
  folder.write(".aws/config", "[default]\nregion = eu-west-1\n");
  EXPECT_EQ(failure(*authenticator).message(), "the profile \"default\" gives no keys: no keys in it");
}

TEST_F(AwsRoleTest, AProgramNeedsAnEngine) {
  class OnlyRequests : public Fetcher {
   public:
    explicit OnlyRequests(Fetcher& inner) : inner_(inner) {}
    Scheduler& scheduler() override { return inner_.scheduler(); }
    void fetch(HttpRequest request, std::chrono::nanoseconds within, Done done) override {
      inner_.fetch(std::move(request), within, std::move(done));
    }

   private:
    Fetcher& inner_;
  };
  const auto authenticator = of_profile("[default]\ncredential_process = /bin/keys --password SECRET\n");
  OnlyRequests fetcher(world.fetcher());
  HttpRequest request;
  request.url = bedrock;
  std::optional<Error> failed;
  authenticator->authorize_with(fetcher, request, [&](std::optional<Error> error) { failed = std::move(error); });
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->message(),
            "the credential_process of the profile \"default\" (/bin/keys) can only be run by an engine's own fetcher");
  test::expect_no_secret(*failed);
}

}  // namespace
}  // namespace antiphon
