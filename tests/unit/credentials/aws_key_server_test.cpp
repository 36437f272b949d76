// The servers that give AWS keys to containers and to EC2 instances.

#include "providers/aws_key_server.hpp"

#include <gtest/gtest.h>

#include "providers/aws_authenticator.hpp"
#include "support/temporary_folder.hpp"
#include "unit/credentials/world.hpp"

namespace antiphon {
namespace {

using codec::AwsScope;
using codec::container_server;
using codec::instance_server;
using test::Authorized;
using test::bedrock;
using test::environment;
using test::expect_no_secret;
using test::json_answer;
using test::Script;
using test::World;
using namespace std::chrono_literals;
using Variables = std::map<std::string, std::string>;

std::string keys_json(const std::string& id, const std::string& expiration) {
  return R"({"AccessKeyId":")" + id + R"(","SecretAccessKey":"SECRET","Token":"TOKEN-)" + id + R"(","Expiration":")" +
         expiration + R"("})";
}

class AwsContainerTest : public testing::Test {
 protected:
  void use(Variables variables) {
    authenticator = codec::make_fetched_keys_authenticator(
        codec::fetch_from(container_server(environment(std::move(variables))).value()), AwsScope());
  }
  std::shared_ptr<Authorized> run() { return world.run(*authenticator, bedrock); }
  /// What an answer of the server makes of a request.
  Error failure(const Script& script) {
    world.server = [script](const HttpRequest&) { return script; };
    use({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/keys"},
         {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "SECRET-TOKEN"}});
    const auto asked = run();
    EXPECT_EQ(asked->calls, 1);
    EXPECT_TRUE(asked->error);
    EXPECT_TRUE(asked->request.headers.empty());
    EXPECT_TRUE(world.scheduler.idle()) << "a timer was left behind";
    const Error error = asked->error.value_or(Error(ErrorKind::internal, "no error"));
    EXPECT_EQ(error.where(), "aws.container");
    expect_no_secret(error);
    return error;
  }

  test::TemporaryFolder folder;
  World world;
  std::shared_ptr<Authenticator> authenticator;
};

TEST_F(AwsContainerTest, KeysAreFetchedAndUsed) {
  world.server = [&](const HttpRequest&) {
    return json_answer(200, keys_json("BOX", test::in_rfc3339(world.now() + 1h)));
  };
  use({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/keys"}});
  const auto asked = run();
  ASSERT_FALSE(asked->error) << asked->error->what();
  EXPECT_NE(asked->header("authorization").find("Credential=BOX/"), std::string::npos);
  EXPECT_EQ(asked->header("x-amz-security-token"), "TOKEN-BOX");
  ASSERT_EQ(world.sent.size(), 1u);
  EXPECT_EQ(world.sent[0].method, "GET");
  EXPECT_EQ(world.sent[0].url, "http://169.254.170.2/v2/keys");
  EXPECT_EQ(world.sent[0].proxy, "") << "never by a proxy";
  EXPECT_FALSE(world.sent[0].headers.find("authorization"));
  run();
  EXPECT_EQ(world.sent.size(), 1u);
}

TEST_F(AwsContainerTest, TheTokenIsShown) {
  use({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"},
       {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic abc"}});
  world.ask(*authenticator, bedrock);
  world.scheduler.run_for(1s);
  ASSERT_EQ(world.sent.size(), 1u);
  EXPECT_EQ(world.sent[0].url, "http://169.254.170.23/v1/credentials");
  EXPECT_EQ(world.sent[0].headers.get("authorization"), "Basic abc");
  world.scheduler.run();
}

TEST_F(AwsContainerTest, TheTokensFileIsReadEachTime) {
  const std::string file = folder.write("token", "first\n");
  world.server = [&](const HttpRequest& request) {
    return json_answer(
        200, keys_json(std::string(request.headers.get("authorization")), test::in_rfc3339(world.now() + 1h)));
  };
  use({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://[fd00:ec2::23]/v1/credentials"},
       {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file},
       {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "not this one"}});
  EXPECT_EQ(run()->header("x-amz-security-token"), "TOKEN-first");
  folder.write("token", "second");
  world.scheduler.run_for(2h);
  EXPECT_EQ(run()->header("x-amz-security-token"), "TOKEN-second");

  for (const char* text : {"", " \n", "a\nb"}) {
    folder.write("token", text);
    world.scheduler.run_for(2h);
    const auto asked = run();
    ASSERT_TRUE(asked->error) << text;
    EXPECT_EQ(asked->error->where(), "aws.container");
    EXPECT_EQ(asked->error->message(), "the authorization token is empty or holds a control character");
  }
  std::filesystem::remove(file);
  EXPECT_EQ(run()->error->message(), "there is no file " + file);
  EXPECT_EQ(world.sent.size(), 2u);
}

TEST_F(AwsContainerTest, RenewedBeforeTheEndAndAfterARefusal) {
  int round = 0;
  world.server = [&](const HttpRequest&) {
    return json_answer(200, keys_json(std::to_string(++round), test::in_rfc3339(world.now() + 1h)));
  };
  use({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/keys"}});
  run();
  world.scheduler.run_for(57min);
  EXPECT_EQ(run()->header("x-amz-security-token"), "TOKEN-1") << "renewed beside it";
  const auto second = run();
  EXPECT_EQ(second->header("x-amz-security-token"), "TOKEN-2");
  EXPECT_FALSE(authenticator->rejected_with(test::refusal(403, "AccessDeniedException"), second->at));
  EXPECT_EQ(run()->header("x-amz-security-token"), "TOKEN-2");
  EXPECT_TRUE(authenticator->rejected_with(test::refusal(403, "ExpiredTokenException"), second->at));
  EXPECT_EQ(run()->header("x-amz-security-token"), "TOKEN-3");
}

TEST_F(AwsContainerTest, WithoutAnEngineOnlyWhatIsThere) {
  world.server = [&](const HttpRequest&) { return json_answer(200, keys_json("BOX", "")); };
  use({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/keys"}});
  HttpRequest request;
  request.url = bedrock;
  std::optional<Error> error;
  const auto done = [&](std::optional<Error> result) { error = std::move(result); };
  authenticator->authorize(request, world.now(), done);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::authentication);
  run();
  authenticator->authorize(request, world.now(), done);
  EXPECT_FALSE(error);
  EXPECT_TRUE(request.headers.find("authorization"));
}

TEST_F(AwsContainerTest, AServerThatDoesNotAnswer) {
  const auto started = world.scheduler.steady_now();
  Error silent = failure(Script().connect());
  EXPECT_EQ(silent.kind(), ErrorKind::timeout);
  EXPECT_EQ(world.scheduler.steady_now() - started, 5s);
  EXPECT_EQ(silent.message(),
            "the container's server of credentials gave no credentials: no complete answer within 5 s");
  EXPECT_EQ(failure(Script()).kind(), ErrorKind::timeout);
  EXPECT_EQ(failure(Script().fail(Error(ErrorKind::connection, "refused"))).kind(), ErrorKind::connection);
  EXPECT_EQ(failure(Script().connect().head(200).bytes(std::string((1 << 20) + 1, ' ')).end()).kind(),
            ErrorKind::response_too_large);
}

TEST_F(AwsContainerTest, AServerThatRefuses) {
  Error error = failure(json_answer(404, R"({"code":"InvalidId","message":"no such SECRET-TOKEN"})"));
  EXPECT_EQ(error.kind(), ErrorKind::authentication);
  EXPECT_EQ(error.http_status(), 404);
  EXPECT_EQ(error.provider_code(), "InvalidId");
  EXPECT_EQ(error.provider_message(), "no such ***");
  EXPECT_EQ(error.message(), "the container's server of credentials refused to give credentials");
  EXPECT_EQ(failure(json_answer(500, "<html>")).kind(), ErrorKind::server_error);
  EXPECT_EQ(failure(json_answer(503, "")).kind(), ErrorKind::overloaded);
  EXPECT_EQ(failure(json_answer(429, "{}")).kind(), ErrorKind::rate_limited);
  EXPECT_EQ(failure(json_answer(302, "{}")).kind(), ErrorKind::redirected);
  EXPECT_EQ(failure(json_answer(400, R"({"Message":")" + std::string(5000, 'x') + "\"}")).provider_message().size(),
            500u);
}

TEST_F(AwsContainerTest, AnswersThatHoldNoKeys) {
  const auto what = [&](const std::string& body) {
    const Error error = failure(json_answer(200, body));
    EXPECT_EQ(error.kind(), ErrorKind::protocol);
    return error.message().substr(error.message().find(": ") + 2);
  };
  EXPECT_EQ(what(""), "it is not a JSON object");
  EXPECT_EQ(what("[]"), "it is not a JSON object");
  EXPECT_EQ(what("{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"SECRET\""), "it is not a JSON object");
  EXPECT_EQ(what("{}"), "no AccessKeyId");
  EXPECT_EQ(what(R"({"AccessKeyId":7,"SecretAccessKey":"SECRET"})"), "no AccessKeyId");
  EXPECT_EQ(what(R"({"AccessKeyId":"A\r\nB","SecretAccessKey":"SECRET"})"), "no AccessKeyId");
  EXPECT_EQ(what(R"({"AccessKeyId":"A","SecretAccessKey":null})"), "no SecretAccessKey");
  EXPECT_EQ(what(R"({"AccessKeyId":"A","SecretAccessKey":"SECRET","Token":"SECRET\n"})"),
            "a Token that no header can hold");
  EXPECT_EQ(what(R"({"AccessKeyId":"A","SecretAccessKey":"SECRET","Expiration":"tomorrow"})"),
            "an Expiration that is no time");
}

TEST(AwsContainerServer, WhereKeysMayComeFrom) {
  const auto url = [](const char* full) {
    return container_server(environment({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", full}})).value().url;
  };
  EXPECT_FALSE(container_server(environment({})));
  for (const char* good : {"https://keys.example.com/k", "http://127.0.0.1:5000/k", "http://localhost/k",
                           "http://[::1]:80/k", "http://169.254.170.2/k", "http://169.254.170.23/k"}) {
    EXPECT_EQ(url(good), good);
  }
  for (const char* bad : {"http://keys.example.com/k", "http://127.0.0.1.example.com/k", "http://169.254.169.254/k",
                          "ftp://127.0.0.1/k", "/k", "http://user:SECRET@127.0.0.1/k"}) {
    try {
      url(bad);
      ADD_FAILURE() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      EXPECT_EQ(error.where(), "aws.container");
      expect_no_secret(error);
    }
  }
  EXPECT_EQ(container_server(environment({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/full"},
                                          {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "relative"}}))
                .value()
                .url,
            "http://169.254.170.2/relative");
}

/// The metadata service, whose answer to each of the three questions a test may change.
class AwsInstanceTest : public testing::Test {
 protected:
  AwsInstanceTest() {
    world.server = [this](const HttpRequest& request) {
      if (request.url.ends_with("/latest/api/token")) return session;
      return request.url.ends_with("/security-credentials/") ? role : keys;
    };
  }
  std::shared_ptr<Authorized> run() { return world.run(*authenticator, bedrock); }
  Error failure() {
    const auto asked = run();
    EXPECT_EQ(asked->calls, 1);
    EXPECT_TRUE(asked->error);
    EXPECT_TRUE(world.scheduler.idle()) << "a timer was left behind";
    const Error error = asked->error.value_or(Error(ErrorKind::internal, "no error"));
    expect_no_secret(error);
    return error;
  }

  World world;
  Script session = Script::answer(200, "text/plain", "SECRET-SESSION");
  Script role = Script::answer(200, "text/plain", "my-role\n");
  Script keys = json_answer(
      200, R"({"Code":"Success","Type":"AWS-HMAC",)" + keys_json("EC2", test::in_rfc3339(world.now() + 6h)).substr(1));
  std::shared_ptr<Authenticator> authenticator =
      codec::make_fetched_keys_authenticator(codec::fetch_from(instance_server(environment({})).value()), AwsScope());
};

TEST_F(AwsInstanceTest, ThreeQuestions) {
  const auto asked = run();
  ASSERT_FALSE(asked->error) << asked->error->what();
  EXPECT_EQ(asked->header("x-amz-security-token"), "TOKEN-EC2");
  ASSERT_EQ(world.sent.size(), 3u);
  EXPECT_EQ(world.sent[0].method, "PUT");
  EXPECT_EQ(world.sent[0].url, "http://169.254.169.254/latest/api/token");
  EXPECT_EQ(world.sent[0].headers.get("x-aws-ec2-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(world.sent[1].method, "GET");
  EXPECT_EQ(world.sent[1].url, "http://169.254.169.254/latest/meta-data/iam/security-credentials/");
  EXPECT_EQ(world.sent[2].method, "GET");
  EXPECT_EQ(world.sent[2].url, "http://169.254.169.254/latest/meta-data/iam/security-credentials/my-role");
  for (int i : {1, 2}) EXPECT_EQ(world.sent[i].headers.get("x-aws-ec2-metadata-token"), "SECRET-SESSION");
  for (const HttpRequest& request : world.sent) EXPECT_EQ(request.proxy, "");
  run();
  EXPECT_EQ(world.sent.size(), 3u);
}

TEST_F(AwsInstanceTest, ManyCallsAskOnce) {
  std::vector<std::shared_ptr<Authorized>> all;
  for (int i = 0; i < 50; ++i) all.push_back(world.ask(*authenticator, bedrock));
  world.scheduler.run();
  for (const auto& asked : all) EXPECT_EQ(asked->header("x-amz-security-token"), "TOKEN-EC2");
  EXPECT_EQ(world.sent.size(), 3u);
}

TEST_F(AwsInstanceTest, EachStepMayFail) {
  const struct {
    const char* name;
    Script* script;
    std::size_t asked;
  } steps[] = {{"session", &session, 1}, {"role", &role, 2}, {"keys", &keys, 3}};
  for (const auto& step : steps) {
    SCOPED_TRACE(step.name);
    const Script good = *step.script;
    const std::string place = std::string("aws.instance_metadata.") + step.name;
    world.sent.clear();

    *step.script = Script().connect();
    const auto started = world.scheduler.steady_now();
    const Error silent = failure();
    EXPECT_EQ(silent.kind(), ErrorKind::timeout);
    EXPECT_EQ(silent.where(), place);
    EXPECT_EQ(world.scheduler.steady_now() - started, 2s);
    EXPECT_EQ(world.sent.size(), step.asked);

    *step.script = Script::answer(404, "text/html", "<html>SECRET-SESSION</html>");
    const Error refused = failure();
    EXPECT_EQ(refused.kind(), ErrorKind::authentication);
    EXPECT_EQ(refused.where(), place);
    EXPECT_EQ(refused.http_status(), 404);

    *step.script = Script::answer(200, "text/plain", "");
    const Error empty = failure();
    EXPECT_EQ(empty.kind(), ErrorKind::protocol);
    EXPECT_EQ(empty.where(), place);
    *step.script = good;
  }
}

TEST_F(AwsInstanceTest, WhatIsNoSessionAndNoRole) {
  session = Script::answer(200, "text/plain", "a\r\nb");
  EXPECT_EQ(failure().where(), "aws.instance_metadata.session");
  session = Script::answer(200, "text/plain", "session");
  for (const char* bad : {"\n", "../other", "a?b", "a b", "a\x01"}) {
    role = Script::answer(200, "text/plain", bad);
    EXPECT_EQ(failure().where(), "aws.instance_metadata.role") << bad;
  }
  role = Script::answer(200, "text/plain", "first\nsecond\n");
  run();
  EXPECT_TRUE(world.sent.back().url.ends_with("/first"));
}

TEST_F(AwsInstanceTest, ARefusalWithAGoodStatus) {
  keys = json_answer(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"})");
  const Error error = failure();
  EXPECT_EQ(error.where(), "aws.instance_metadata.keys");
  EXPECT_EQ(error.provider_code(), "AssumeRoleUnauthorizedAccess");
  EXPECT_EQ(error.provider_message(), "EC2 cannot assume the role");
}

TEST(AwsInstanceServer, WhereItIs) {
  const auto url = [](Variables variables) {
    return instance_server(environment(std::move(variables))).value().base_url;
  };
  EXPECT_EQ(url({}), "http://169.254.169.254");
  EXPECT_EQ(url({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv6"}}), "http://[fd00:ec2::254]");
  EXPECT_EQ(url({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/"}}), "http://127.0.0.1:1338");
  EXPECT_TRUE(instance_server(environment({{"AWS_EC2_METADATA_DISABLED", "false"}})));
  EXPECT_FALSE(instance_server(environment({{"AWS_EC2_METADATA_DISABLED", "True"}})));
  try {
    instance_server(environment({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "nowhere"}}));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.where(), "aws.instance_metadata");
  }
}

}  // namespace
}  // namespace antiphon
