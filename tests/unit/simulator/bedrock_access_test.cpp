#include <gtest/gtest.h>

#include "client.hpp"

// Signatures and keys of Bedrock: providers.md §6.14. The cases and their signatures are those of its vectors.

namespace antiphon::test {
namespace {

const char* const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

struct Case {
  std::string method = "POST";
  std::string host = "bedrock-runtime.us-east-1.amazonaws.com";
  std::string path = "/model/anthropic.claude-3-5-sonnet-20241022-v2%3A0/converse";
  std::string region = "us-east-1";
  std::string token;
  std::string body = R"({"messages":[{"role":"user","content":[{"text":"hi"}]}]})";
  std::string signature = "70b2cd35788a8aeffa6aabd2b645926f9833ab2a60d6637fd2a891ea2f6465e4";
  std::string date = "20261123T065000Z";
  std::string names = "content-type;host;x-amz-date";
  std::string scope = "/bedrock/aws4_request";
  std::string authorization;  ///< in place of the one that the rest makes
  std::string more_headers;
};

std::string request_of(const Case& each) {
  const std::string made = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/" + each.region + each.scope +
                           ", SignedHeaders=" + each.names + ", Signature=" + each.signature;
  std::string out = each.method + ' ' + each.path + " HTTP/1.1\r\nhost: " + each.host +
                    "\r\ncontent-type: application/json\r\nx-amz-date: " + each.date +
                    "\r\nauthorization: " + (each.authorization.empty() ? made : each.authorization) + "\r\n";
  if (!each.token.empty()) out += "x-amz-security-token: " + each.token + "\r\n";
  out += each.more_headers;
  if (!each.body.empty()) out += "content-length: " + std::to_string(each.body.size()) + "\r\n";
  return out + "\r\n" + each.body;
}

Case at(const std::string& region, const char* path, const char* signature) {
  Case each;
  each.host = "bedrock-runtime." + region + ".amazonaws.com";
  each.path = path;
  each.region = region;
  each.signature = signature;
  return each;
}

Case with_token() {
  Case each = at("eu-west-1", "/model/eu.anthropic.claude-opus-4-7/converse-stream",
                 "c402bdff8c9f539310835d4c105f2624641ef1e305efd2d2680ba1f977d20ef4");
  each.token = "SESSIONTOKEN==";
  each.names = "content-type;host;x-amz-date;x-amz-security-token";
  return each;
}

Case with_arn() {
  return at("us-west-2",
            "/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A123456789012%3Aapplication-inference-profile%2Fabc123/converse",
            "77c9613bac33723c0263baf6040d930d50366256937ff8e48c478fe6925923fb");
}

Case with_get() {
  Case each = at("us-east-1", "/foundation-models", "38988510cbbaf6af735a206c8daf93a59770acdbf360c1c0d784eea393a0dc3b");
  each.method = "GET";
  each.host = "bedrock.us-east-1.amazonaws.com";
  each.body = "";
  return each;
}

TEST(AwsSignature, IsTheOneOfTheVectors) {
  Simulator simulator(Scenario().aws_keys("AKIDEXAMPLE", secret));
  for (const Case& each : {Case(), with_arn(), with_get()}) {
    const Answer answer = ask(simulator, request_of(each));
    EXPECT_EQ(answer.status, 200) << each.path << ' ' << answer.body;
  }
  Simulator temporary(Scenario().aws_keys("AKIDEXAMPLE", secret, "SESSIONTOKEN=="));
  EXPECT_EQ(ask(temporary, request_of(with_token())).status, 200);
  EXPECT_EQ(ask(temporary, request_of(Case())).status, 403);
  EXPECT_EQ(ask(simulator, request_of(with_token())).status, 403);
}

/// The error type of a request that is turned away.
std::string refused(const Case& each, const Scenario& scenario) {
  Simulator simulator(scenario);
  const Answer answer = ask(simulator, request_of(each));
  EXPECT_EQ(answer.status, 403);
  EXPECT_FALSE(Json(answer.body).text("/Message").empty());
  EXPECT_EQ(answer.body.find(secret), std::string::npos);
  const std::string type = answer.header("x-amzn-errortype");
  return type.substr(0, type.find(':'));
}

TEST(AwsSignature, DoesNotFitWhatWasChanged) {
  const Scenario scenario = Scenario().aws_keys("AKIDEXAMPLE", secret);
  Case each;
  each.body.replace(each.body.find("hi"), 2, "ho");
  EXPECT_EQ(refused(each, scenario), "InvalidSignatureException");
  each = Case();
  each.path.replace(each.path.find("%3A"), 3, ":");
  EXPECT_EQ(refused(each, scenario), "InvalidSignatureException");
  each = Case();
  each.host = "localhost";
  EXPECT_EQ(refused(each, scenario), "InvalidSignatureException");
  each = Case();
  each.date = "20261123T065001Z";
  EXPECT_EQ(refused(each, scenario), "InvalidSignatureException");
  each = Case();
  each.region = "us-east-2";
  EXPECT_EQ(refused(each, scenario), "InvalidSignatureException");
  EXPECT_EQ(refused(Case(), Scenario().aws_keys("AKIDEXAMPLE", "another")), "InvalidSignatureException");
  EXPECT_EQ(refused(Case(), Scenario().aws_keys("AKIDOTHER", secret)), "UnrecognizedClientException");
  Simulator any_key(Scenario().aws_keys("", secret));
  EXPECT_EQ(ask(any_key, request_of(Case())).status, 200);
}

/// Without keys a signature has to look like one.
TEST(AwsSignature, HasAForm) {
  Simulator simulator;
  Case each;
  each.signature = std::string(64, '0');
  EXPECT_EQ(ask(simulator, request_of(each)).status, 200);
  each.date = "2026-11-23T06:50:00Z";
  EXPECT_EQ(refused(each, Scenario()), "IncompleteSignatureException");
  each = Case();
  each.date = "20261124T065000Z";
  EXPECT_EQ(refused(each, Scenario()), "InvalidSignatureException");
  each = Case();
  each.scope = "/bedrock-runtime/aws4_request";
  EXPECT_EQ(refused(each, Scenario()), "InvalidSignatureException");
  each = Case();
  each.names = "content-type;x-amz-date";
  EXPECT_EQ(refused(each, Scenario()), "IncompleteSignatureException");
  each = Case();
  each.names = "content-type;host";
  EXPECT_EQ(refused(each, Scenario()), "InvalidSignatureException");
  each = Case();
  each.token = "unsigned";
  EXPECT_EQ(refused(each, Scenario()), "InvalidSignatureException");
  for (const char* wrong :
       {"AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request", "AWS4-HMAC-SHA512 x", "Basic abc", "Bearer ",
        "AWS4-HMAC-SHA256 Credential=a/20261123/r/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=12",
        "AWS4-HMAC-SHA256 Credential=a/20261123/r/bedrock, SignedHeaders=host;x-amz-date, Signature="
        "0000000000000000000000000000000000000000000000000000000000000000",
        "AWS4-HMAC-SHA256 Credential=a/20261123/r/bedrock/aws4_request, SignedHeaders=x-amz-date;host, Signature="
        "0000000000000000000000000000000000000000000000000000000000000000"}) {
    each = Case();
    each.authorization = wrong;
    const std::string type = refused(each, Scenario());
    EXPECT_TRUE(type == "IncompleteSignatureException" || type == "AccessDeniedException") << wrong << ' ' << type;
  }
}

TEST(AwsAccess, IsByTokenToo) {
  Case each;
  each.authorization = "Bearer bedrock-api-key-x";
  Simulator open;
  EXPECT_EQ(ask(open, request_of(each)).status, 200);
  Simulator closed(Scenario().api_key("bedrock-api-key-x"));
  EXPECT_EQ(ask(closed, request_of(each)).status, 200);
  EXPECT_EQ(refused(each, Scenario().api_key("another")), "AccessDeniedException");
  EXPECT_EQ(refused(each, Scenario().aws_keys("AKIDEXAMPLE", secret)), "AccessDeniedException");
  EXPECT_EQ(refused(Case(), Scenario().api_key("bedrock-api-key-x")), "UnrecognizedClientException");
  Simulator both(Scenario().api_key("bedrock-api-key-x").aws_keys("AKIDEXAMPLE", secret));
  EXPECT_EQ(ask(both, request_of(each)).status, 200);
  EXPECT_EQ(ask(both, request_of(Case())).status, 200);
}

TEST(AwsAccess, NobodyIsTurnedAway) {
  Simulator simulator;
  const Answer answer = ask(simulator, request_text("POST", "/model/m/converse", Case().body));
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.header("x-amzn-errortype").substr(0, 36), "MissingAuthenticationTokenException:");
}

TEST(AwsAccess, KeysComeFromAScenario) {
  Simulator simulator(Scenario::from_json(
      R"({"aws_keys": {"access_key": "AKIDEXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}})"));
  EXPECT_EQ(ask(simulator, request_of(Case())).status, 200);
  try {
    Scenario::from_json(R"({"aws_keys": {"access_key": "a"}})");
    FAIL();
  } catch (const ScenarioError& error) {
    EXPECT_STREQ(error.what(), "aws_keys/secret_key: expected the key that requests are signed with");
  }
}

}  // namespace
}  // namespace antiphon::test
