// AWS STS: where it is, and what its answers say.

#include "providers/aws_sts.hpp"

#include <gtest/gtest.h>

#include "providers/aws_sts_answer.hpp"
#include "unit/credentials/sts_answers.hpp"
#include "unit/credentials/world.hpp"

namespace antiphon {
namespace {

using codec::address_of;
using codec::AwsKeys;
using codec::AwsSts;
using codec::Fetched;
using test::bedrock;
using test::sts_answer;
using test::sts_refusal;

constexpr const char* in_an_hour = "2026-11-27T10:00:00Z";

Result<Fetched<AwsKeys>> read(int status, std::string body, const std::string& operation = "AssumeRole") {
  HttpResponse answer;
  answer.status = status;
  answer.body = std::move(body);
  return codec::read_assumed_role(answer, operation, "it", {"SECRET-TOKEN"});
}

TEST(AwsSts, IsInTheRegion) {
  EXPECT_EQ(address_of(AwsSts{"", "us-west-2"}, bedrock).url, "https://sts.us-west-2.amazonaws.com/");
  EXPECT_EQ(address_of(AwsSts{"", "us-west-2"}, bedrock).region, "us-west-2");
  EXPECT_EQ(address_of(AwsSts{}, bedrock).url, "https://sts.eu-west-1.amazonaws.com/") << "of the host";
  EXPECT_EQ(address_of(AwsSts{"", "cn-north-1"}, "").url, "https://sts.cn-north-1.amazonaws.com.cn/");
  EXPECT_EQ(address_of(AwsSts{"", "eusc-de-east-1"}, "").url, "https://sts.eusc-de-east-1.amazonaws.eu/");
  EXPECT_EQ(address_of(AwsSts{}, "https://example.com").url, "https://sts.amazonaws.com/") << "everybody's";
  EXPECT_EQ(address_of(AwsSts{}, "https://example.com").region, "us-east-1");
  EXPECT_EQ(address_of(AwsSts{"http://127.0.0.1:1/sts", "us-west-2"}, bedrock).url, "http://127.0.0.1:1/sts");
  EXPECT_EQ(address_of(AwsSts{"http://127.0.0.1:1/sts", "us-west-2"}, bedrock).region, "us-west-2");
}

TEST(AwsSts, GivesTemporaryKeys) {
  for (const char* operation : {"AssumeRole", "AssumeRoleWithWebIdentity"}) {
    const auto keys = read(200, sts_answer(operation, "ASIA", in_an_hour), operation);
    ASSERT_TRUE(keys) << keys.error().what();
    EXPECT_EQ(keys->value, (AwsKeys{"ASIA", "SECRET/ASIA", "TOKEN-ASIA"}));
    EXPECT_EQ(test::in_rfc3339(keys->expires.value()), in_an_hour);
  }
}

TEST(AwsSts, AnswersThatHoldNone) {
  const auto message = [](std::string body) {
    const auto keys = read(200, std::move(body));
    if (keys) return std::string("no error");
    EXPECT_EQ(keys.error().kind(), ErrorKind::protocol);
    EXPECT_EQ(keys.error().where(), "aws.sts");
    test::expect_no_secret(keys.error());
    return keys.error().message().substr(std::string("the answer of it holds no credentials: ").size());
  };
  const auto without = [](const std::string& name) {
    std::string body = sts_answer("AssumeRole", "ASIA", in_an_hour);
    const auto begin = body.find("<" + name + ">");
    const auto end = body.find("</" + name + ">");
    return body.erase(begin, end + name.size() + 3 - begin);
  };
  EXPECT_EQ(message(""), "it is not a document of XML");
  EXPECT_EQ(message(R"({"AccessKeyId":"SECRET"})"), "it is not a document of XML");
  EXPECT_EQ(message("<html>SECRET<br></html>"), "it is not a document of XML");
  EXPECT_EQ(message(sts_answer("AssumeRoleWithSAML", "ASIA", in_an_hour)), "no AccessKeyId") << "of something else";
  EXPECT_EQ(message(without("AccessKeyId")), "no AccessKeyId");
  EXPECT_EQ(message(without("SecretAccessKey")), "no SecretAccessKey");
  EXPECT_EQ(message(without("SessionToken")), "no SessionToken");
  EXPECT_EQ(message(without("Expiration")), "no Expiration that is a time");
  EXPECT_EQ(message(sts_answer("AssumeRole", "AS&#10;IA", in_an_hour)), "no AccessKeyId") << "in no header";
}

TEST(AwsSts, ACutAnswerHoldsNone) {
  const std::string whole = sts_answer("AssumeRole", "ASIA", in_an_hour);
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) EXPECT_FALSE(read(200, whole.substr(0, size))) << size;
}

TEST(AwsSts, Refusals) {
  const auto refused = [](int status, std::string body) { return read(status, std::move(body)).error(); };
  const Error expired = refused(400, sts_refusal("ExpiredTokenException", "SECRET-TOKEN &lt;has&gt; expired"));
  EXPECT_EQ(expired.kind(), ErrorKind::authentication);
  EXPECT_EQ(expired.http_status(), 400);
  EXPECT_EQ(expired.provider_code(), "ExpiredTokenException");
  EXPECT_EQ(expired.provider_message(), "*** <has> expired");
  EXPECT_EQ(expired.message(), "it refused to give credentials");
  EXPECT_EQ(expired.where(), "aws.sts");
  EXPECT_EQ(refused(403, sts_refusal("AccessDenied", "no")).provider_code(), "AccessDenied");
  EXPECT_EQ(refused(400, sts_refusal("IDPCommunicationError", "later")).kind(), ErrorKind::overloaded) << "it passes";
  EXPECT_EQ(refused(400, sts_refusal("Throttling", "slowly")).kind(), ErrorKind::rate_limited);
  EXPECT_EQ(refused(500, "<html>SECRET").kind(), ErrorKind::server_error);
  EXPECT_EQ(refused(302, "").kind(), ErrorKind::redirected);
}

}  // namespace
}  // namespace antiphon
