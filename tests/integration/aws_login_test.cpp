// Keys of AWS that a program or AWS STS gives, over real sockets, with real programs and files.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <antiphon/antiphon.hpp>

#include "integration/received.hpp"
#include "providers/aws_credentials.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_folder.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;
using Variables = std::map<std::string, std::string>;

/// What AWS STS answers (API version 2011-06-15).
std::string sts_answer(const std::string& operation, const std::string& id) {
  return http_answer("<" + operation + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + operation +
                         "Result><Credentials><AccessKeyId>" + id + "</AccessKeyId><SecretAccessKey>s/" + id +
                         "</SecretAccessKey><SessionToken>t/" + id +
                         "</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></" + operation +
                         "Result></" + operation + "Response>",
                     "text/xml");
}

/// AWS STS (`/sts`) and a provider, on one socket.
class AwsLoginTest : public testing::Test {
 protected:
  std::shared_ptr<Authenticator> make(Variables variables) {
    variables.insert({{"HOME", folder.path()}, {"AWS_ENDPOINT_URL_STS", server.url("/sts")}});
    const auto environment = [variables](const std::string& name) {
      const auto found = variables.find(name);
      return found == variables.end() ? std::string() : found->second;
    };
    return codec::make_aws_authenticator(AwsCredentials().region("eu-west-1"), environment,
                                         codec::NoCredentials::refused);
  }
  ModelConfig config(const std::shared_ptr<Authenticator>& aws) const {
    return ModelConfig("m", providers::openai).base_url(server.url("/v1")).proxy("").authenticator(aws);
  }
  Provider provider(const std::shared_ptr<Authenticator>& aws, Engine& engine) const {
    return create_provider(config(aws), ProviderOptions().engine(engine));
  }
  /// A program that writes keys; it notes that it was run in a file.
  std::string write_program(const std::string& commands) {
    const std::string path =
        folder.write("key program", "#!/bin/sh\necho run >> '" + folder.path("runs") + "'\n" + commands);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    folder.write(".aws/config", "[default]\ncredential_process = \"" + path + "\" --secret HUSH\n");
    return path;
  }
  std::size_t runs() const {
    std::error_code none;
    const auto size = std::filesystem::file_size(folder.path("runs"), none);
    return none ? 0 : size / 4;
  }
  std::vector<Received> requests() {
    const std::lock_guard lock(mutex);
    return received;
  }
  static std::string signed_with(const Received& request) {
    const std::string header(request.headers.get("authorization"));
    const auto begin = header.find("Credential=");
    return begin == header.npos ? header : header.substr(begin + 11, header.find('/') - begin - 11);
  }

  TemporaryFolder folder;
  std::mutex mutex;
  std::vector<Received> received;
  int roles = 0;
  std::string refused;  ///< keys that the provider does not take
  RawServer server{[this](RawConnection& connection, int) {
    for (std::string text = connection.read_request(); !text.empty(); text = connection.read_request()) {
      const Received request = parse_request(text);
      std::string answer = http_answer(chat_answer("Hi"));
      {
        const std::lock_guard lock(mutex);
        received.push_back(request);
        if (request.target == "/sts") {
          const bool web = request.body.find("Action=AssumeRoleWithWebIdentity&") != request.body.npos;
          answer = sts_answer(web ? "AssumeRoleWithWebIdentity" : "AssumeRole", "ASIA" + std::to_string(++roles));
        } else if (signed_with(request) == refused) {
          answer = http_answer(R"({"error":{"message":"expired"}})", "application/json", 401);
        }
      }
      connection.write(answer);
    }
  }};
};

TEST_F(AwsLoginTest, AWebIdentityWhoseTokenIsRenewed) {
  const std::string token = folder.write("token", "one.two.three\n");
  Engine engine;
  const Provider model =
      provider(make({{"AWS_WEB_IDENTITY_TOKEN_FILE", token}, {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"}}), engine);
  EXPECT_EQ(model.chat("Hello").content(), "Hi");
  EXPECT_EQ(model.chat("Hello").content(), "Hi");
  ASSERT_EQ(requests().size(), 3u) << "a role is assumed once";
  EXPECT_EQ(requests()[0].method, "POST");
  EXPECT_EQ(requests()[0].headers.get("authorization"), "");
  EXPECT_NE(requests()[0].body.find("&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&"), std::string::npos);
  EXPECT_TRUE(requests()[0].body.ends_with("&WebIdentityToken=one.two.three"));
  EXPECT_EQ(signed_with(requests()[1]), "ASIA1");
  EXPECT_EQ(requests()[1].headers.get("x-amz-security-token"), "t/ASIA1");

  folder.write("token", "four");
  {
    const std::lock_guard lock(mutex);
    refused = "ASIA1";
  }
  EXPECT_EQ(model.chat("Hello").content(), "Hi");
  ASSERT_EQ(requests().size(), 6u);
  EXPECT_TRUE(requests()[4].body.ends_with("&WebIdentityToken=four"));
  EXPECT_EQ(signed_with(requests()[5]), "ASIA2");
}

TEST_F(AwsLoginTest, ARoleWithTheKeysOfAProgram) {
  write_program(R"(echo '{"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"s"}')");
  folder.write(".aws/credentials", "[role]\nrole_arn = arn\nsource_profile = default\n");
  Engine engine;
  EXPECT_EQ(provider(make({{"AWS_PROFILE", "role"}}), engine).chat("Hello").content(), "Hi");
  ASSERT_EQ(requests().size(), 2u);
  EXPECT_EQ(signed_with(requests()[0]), "AKIA");
  EXPECT_NE(requests()[0].headers.get("authorization").find("/eu-west-1/sts/aws4_request"), std::string_view::npos);
  EXPECT_EQ(signed_with(requests()[1]), "ASIA1");
  EXPECT_EQ(runs(), 1u);
}

TEST_F(AwsLoginTest, AProgramIsRunOnceAndAgainAfterARefusal) {
  write_program(
      "[ \"$1\" = --secret ] && [ \"$2\" = HUSH ] || exit 1\n"
      "n=$(wc -l < '" +
      folder.path("runs") +
      "')\n"
      "printf '{\"Version\":1,\"AccessKeyId\":\"KEY%d\",\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\",' $n\n"
      "printf '\"Expiration\":\"2099-01-01T00:00:00+00:00\"}'\n");
  Engine engine;
  const Provider model = provider(make({}), engine);
  EXPECT_EQ(model.chat("Hello").content(), "Hi");
  EXPECT_EQ(model.chat("Hello").content(), "Hi");
  EXPECT_EQ(runs(), 1u);
  {
    const std::lock_guard lock(mutex);
    refused = "KEY1";
  }
  EXPECT_EQ(model.chat("Hello").content(), "Hi");
  EXPECT_EQ(runs(), 2u);
  EXPECT_EQ(signed_with(requests().back()), "KEY2");
}

TEST_F(AwsLoginTest, WhatAProgramDoesWrongTellsNoSecret) {
  const auto failure = [this](const std::string& commands) {
    const std::string path = write_program(commands);
    Engine engine;
    const Provider once =
        create_provider(config(make({})).retry_config(RetryConfig().max_attempts(1)), ProviderOptions().engine(engine));
    const auto result = once.try_chat("Hello");
    if (result) return std::string("no error");
    EXPECT_EQ(std::string(result.error().what()).find("HUSH"), std::string::npos) << result.error().what();
    EXPECT_EQ(result.error().where(), "aws.profile.credential_process");
    const std::string who = "the credential_process of the profile \"default\" (" + path + ")";
    std::string message = result.error().message();
    EXPECT_NE(message.find(who), std::string::npos) << message;
    return message.replace(message.find(who), who.size(), "it");
  };
  EXPECT_EQ(failure("echo HUSH; echo HUSH >&2; exit 7\n"),
            "it gave no credentials: " + folder.path("key program") +
                " ended with the status 7; what it says on its standard error is not kept");
  EXPECT_EQ(failure("echo HUSH"), "the answer of it holds no credentials: it is not a JSON object");
  EXPECT_EQ(failure(R"(echo '{"Version":3,"AccessKeyId":"HUSH","SecretAccessKey":"HUSH"}')"),
            "the answer of it holds no credentials: its Version is not 1");
  EXPECT_EQ(failure("yes HUSH"),
            "it gave no credentials: " + folder.path("key program") + " wrote more than 1048576 bytes");
}

/// A program that waits; that it is there, and that it is gone, is seen through a pipe with a name.
class WaitingProgramTest : public AwsLoginTest {
 protected:
  WaitingProgramTest() {
    EXPECT_EQ(::mkfifo(there.c_str(), 0600), 0);
    EXPECT_EQ(::mkfifo(go.c_str(), 0600), 0);
    write_program("exec 3> '" + there + "'\ncat '" + go +
                  "'\necho '{\"Version\":1,\"AccessKeyId\":\"KEY\",\"SecretAccessKey\":\"s\"}'\n");
  }
  int wait_until_there() const { return ::open(there.c_str(), O_RDONLY); }
  static void wait_until_gone(int opened) {
    char byte = 0;
    EXPECT_EQ(::read(opened, &byte, 1), 0);
    ::close(opened);
  }
  void let_go() const { ::close(::open(go.c_str(), O_WRONLY)); }

  const std::string there = folder.path("there");
  const std::string go = folder.path("go");
};

TEST_F(WaitingProgramTest, TheEngineGoesOnMeanwhile) {
  Engine engine;
  const std::shared_ptr<Authenticator> aws = make({});
  std::promise<Result<Response>> ended;
  provider(aws, engine).async_chat("Hello").then([&](Result<Response> result) { ended.set_value(std::move(result)); });
  const int opened = wait_until_there();
  const Provider other =
      create_provider(ModelConfig("m", providers::openai).base_url(server.url("/v1")).proxy("").api_key("k"),
                      ProviderOptions().engine(engine));
  EXPECT_EQ(other.chat("Hello").content(), "Hi");
  let_go();
  wait_until_gone(opened);
  const Result<Response> result = ended.get_future().get();
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(signed_with(requests().back()), "KEY");
}

TEST_F(WaitingProgramTest, ACallThatIsCancelledLeavesItToTheOthers) {
  Engine engine;
  const Provider model = provider(make({}), engine);
  std::stop_source stop;
  std::promise<Result<Response>> first;
  std::promise<Result<Response>> second;
  model.async_chat("Hello", Options().cancel_on(stop.get_token())).then([&](Result<Response> result) {
    first.set_value(std::move(result));
  });
  const int opened = wait_until_there();
  model.async_chat("Hello").then([&](Result<Response> result) { second.set_value(std::move(result)); });
  stop.request_stop();
  EXPECT_EQ(first.get_future().get().error().kind(), ErrorKind::cancelled);
  let_go();
  wait_until_gone(opened);
  EXPECT_TRUE(second.get_future().get());
  EXPECT_EQ(runs(), 1u);
}

TEST_F(WaitingProgramTest, TheEndOfTheEngineEndsIt) {
  std::optional<Engine> engine(std::in_place);
  const Provider model = provider(make({}), *engine);
  std::promise<Result<Response>> ended;
  model.async_chat("Hello").then([&](Result<Response> result) { ended.set_value(std::move(result)); });
  const int opened = wait_until_there();
  engine.reset();
  wait_until_gone(opened);
  const Result<Response> result = ended.get_future().get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::cancelled);
}

}  // namespace
}  // namespace antiphon::test
