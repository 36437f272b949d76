// Credentials over real sockets: what libcurl puts on the wire is what was signed, and tokens are fetched beside.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <antiphon/antiphon.hpp>

#include "integration/received.hpp"
#include "providers/aws_credentials.hpp"
#include "providers/sigv4.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

/// The metadata service of an instance and a provider, on one socket.
class CloudTest : public testing::Test {
 protected:
  std::string answer(const Received& request) {
    if (request.target == "/latest/api/token") return http_answer("session", "text/plain");
    if (request.target.ends_with("/security-credentials/")) return http_answer("role", "text/plain");
    if (request.target.ends_with("/role")) {
      return http_answer(R"({"Code":"Success","AccessKeyId":"EC2","SecretAccessKey":"secret","Token":"T/+="})");
    }
    return http_answer(chat_answer("Hi"));
  }
  std::vector<Received> requests() {
    const std::lock_guard lock(mutex);
    return received;
  }
  ModelConfig config() const {
    return ModelConfig("m", providers::openai).base_url(server.url("/v1/a%3Ab")).proxy("").authenticator(aws);
  }

  std::mutex mutex;
  std::vector<Received> received;
  RawServer server{[this](RawConnection& connection, int) {
    for (std::string text = connection.read_request(); !text.empty(); text = connection.read_request()) {
      const Received request = parse_request(text);
      {
        const std::lock_guard lock(mutex);
        received.push_back(request);
      }
      connection.write(answer(request));
    }
  }};
  std::shared_ptr<Authenticator> aws = codec::make_aws_authenticator(
      AwsCredentials().region("eu-west-1"),
      [this](const std::string& name) {
        return name == "AWS_EC2_METADATA_SERVICE_ENDPOINT" ? server.url() : std::string();
      },
      codec::NoCredentials::refused);
};

TEST_F(CloudTest, WhatIsSignedIsWhatIsSent) {
  // Where nobody listens: the metadata service is never asked by a proxy.
  setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(closed_port())).c_str(), 1);
  Engine engine;
  unsetenv("http_proxy");
  const Provider provider = create_provider(config(), ProviderOptions().engine(engine));
  EXPECT_EQ(provider.chat(Messages().user("Hello")).content(), "Hi");
  EXPECT_EQ(provider.chat(Messages().user("Hello")).content(), "Hi");

  const std::vector<Received> all = requests();
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[0].method, "PUT");
  EXPECT_EQ(all[0].headers.get("content-length"), "0");
  EXPECT_EQ(all[0].headers.get("x-aws-ec2-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(all[1].method, "GET");
  EXPECT_EQ(all[2].headers.get("x-aws-ec2-metadata-token"), "session");

  const Received& sent = all[3];
  EXPECT_EQ(sent.target, "/v1/a%3Ab/chat/completions");
  HttpRequest as_sent;
  as_sent.url = "http://" + std::string(sent.headers.get("host")) + sent.target;
  as_sent.method = sent.method;
  as_sent.headers = sent.headers;
  as_sent.body = sent.body;
  const std::string canonical = codec::sigv4::canonical_request(as_sent);
  EXPECT_NE(canonical.find("/v1/a%253Ab/chat/completions"), canonical.npos);
  EXPECT_NE(canonical.find("\ncontent-type;host;x-amz-date;x-amz-security-token\n"), canonical.npos);
  const std::string date(sent.headers.get("x-amz-date"));
  std::chrono::sys_seconds time = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  while (codec::sigv4::timestamp(time) > date) time -= 1s;
  codec::sigv4::sign(as_sent, codec::AwsKeys{"EC2", "secret", "T/+="}, {"eu-west-1", "bedrock"}, time);
  EXPECT_EQ(sent.headers.get("authorization"), as_sent.headers.get("authorization"));
}

TEST_F(CloudTest, ManyThreadsAndTwoEnginesShareTheKeys) {
  Engine first;
  Engine second;
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const Provider provider = create_provider(config(), ProviderOptions().engine(i % 2 == 0 ? first : second));
      for (int round = 0; round < 5; ++round) good += provider.chat(Messages().user("Hello")).content() == "Hi";
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 20);
  const std::vector<Received> all = requests();
  const auto sessions = std::count_if(all.begin(), all.end(), [](const Received& one) { return one.method == "PUT"; });
  EXPECT_GE(sessions, 1);
  EXPECT_LE(sessions, 2) << "at most one an engine";
}

TEST(Cloud, AnEngineEndsWhileATokenIsFetched) {
  std::promise<void> asked;
  RawServer silent([&asked](RawConnection& connection, int) {
    connection.read_request();
    asked.set_value();
    connection.wait_for_close();
  });
  std::optional<Engine> engine(std::in_place);
  const Provider provider = create_provider(
      ModelConfig("m", providers::openai)
          .base_url("http://127.0.0.1:1/v1")
          .authenticator(bearer_token([&silent](Fetcher& fetcher, std::function<void(Result<AccessToken>)> done) {
            HttpRequest request;
            request.url = silent.url("/token");
            request.proxy = "";
            fetcher.fetch(std::move(request), 1h, [done = std::move(done)](Result<HttpResponse> answer) {
              done(answer ? Result<AccessToken>(AccessToken(answer->body)) : Result<AccessToken>(answer.error()));
            });
          })),
      ProviderOptions().engine(*engine));
  std::promise<Result<Response>> ended;
  provider.async_chat(Messages().user("Hello")).then([&ended](Result<Response> result) {
    ended.set_value(std::move(result));
  });
  asked.get_future().wait();
  engine.reset();
  const Result<Response> result = ended.get_future().get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::cancelled);
}

}  // namespace
}  // namespace antiphon::test
