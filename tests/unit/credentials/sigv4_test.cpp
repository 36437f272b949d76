// Signatures for AWS (providers.md 6.14), against those that others computed.

#include "providers/sigv4.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "json/reader.hpp"
#include "support/source_files.hpp"

namespace antiphon {
namespace {

using codec::AwsKeys;
namespace sigv4 = codec::sigv4;
using namespace std::chrono_literals;

using Texts = std::map<std::string, std::string>;

/// Visits each element of an array in the fixture.
template <class Visit>
void each_in_fixture(std::string_view list, Visit visit) {
  json::Reader reader;
  const bool ok = reader.read_copy(test::source_text("tests/fixtures/sigv4.json"), [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key == list) value.elements(visit);
    });
  });
  EXPECT_TRUE(ok) << reader.error();
}

std::vector<Texts> read_requests() {
  std::vector<Texts> requests;
  each_in_fixture("requests", [&](json::Value value) {
    Texts& texts = requests.emplace_back();
    value.fields([&](std::string_view key, json::Value member) { texts.emplace(key, member.string().value_or("")); });
  });
  return requests;
}

constexpr std::chrono::sys_days sys_day(int year, unsigned month, unsigned day) {
  return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
}

TEST(SigV4, BedrockRequests) {
  const std::vector<Texts> requests = read_requests();
  ASSERT_EQ(requests.size(), 4u);
  for (const Texts& one : requests) {
    SCOPED_TRACE(one.at("wire_path"));
    HttpRequest request;
    request.method = one.at("method");
    request.url = "https://" + one.at("host") + one.at("wire_path");
    request.body = one.at("body");
    request.headers.add("Content-Type", "application/json").add("User-Agent", "not signed");
    const AwsKeys keys{one.at("access_key"), one.at("secret_key"), one.at("session_token")};
    const sigv4::Scope scope{one.at("region"), one.at("service")};
    sigv4::sign(request, keys, scope, sys_day(2026, 11, 23) + 6h + 50min + 999ms);
    EXPECT_EQ(request.headers.get("x-amz-date"), one.at("x_amz_date"));
    EXPECT_EQ(request.headers.get("x-amz-security-token"), one.at("session_token"));
    EXPECT_EQ(request.headers.find("x-amz-security-token") == nullptr, one.at("session_token").empty());
    EXPECT_EQ(sigv4::canonical_request(request), one.at("canonical_request"));
    EXPECT_EQ(sigv4::string_to_sign(one.at("canonical_request"), one.at("x_amz_date"), scope),
              one.at("string_to_sign"));
    EXPECT_EQ(request.headers.get("authorization"), one.at("authorization"));
  }
}

TEST(SigV4, TheSuiteOfAws) {
  const AwsKeys keys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", {}};
  int count = 0;
  each_in_fixture("suite", [&](json::Value row) {
    std::vector<std::string> texts;
    row.elements([&](json::Value text) { texts.emplace_back(text.string().value_or("")); });
    SCOPED_TRACE(texts.at(0));
    HttpRequest request;
    request.method = "GET";
    request.url = "https://example.amazonaws.com/" + texts.at(1);
    sigv4::sign(request, keys, sigv4::Scope{"us-east-1", "service"}, sys_day(2015, 8, 30) + 12h + 36min);
    EXPECT_EQ(request.headers.get("authorization"),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
              "SignedHeaders=host;x-amz-date, Signature=" +
                  texts.at(2));
    ++count;
  });
  EXPECT_EQ(count, 12);
}

/// One line of the canonical request, from 0.
std::string line(const std::string& text, int number) {
  std::size_t begin = 0;
  for (; number > 0; --number) begin = text.find('\n', begin) + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::string canonical(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return sigv4::canonical_request(request);
}

TEST(SigV4, ThePathIsEncodedOnceMore) {
  EXPECT_EQ(line(canonical("https://h/model/a%3Ab%2Fc/converse"), 1), "/model/a%253Ab%252Fc/converse");
  EXPECT_EQ(line(canonical("https://h/m/A-z.0_9~!$&'()*+,;=:@"), 1),
            "/m/A-z.0_9~%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40");
  EXPECT_EQ(line(canonical("https://h"), 1), "/");
  EXPECT_EQ(line(canonical("https://h?a=b"), 1), "/");
  EXPECT_EQ(line(canonical("https://h/../a/./b/"), 1), "/a/b/");
}

TEST(SigV4, TheQueryIsSortedAndEncodedOnce) {
  EXPECT_EQ(line(canonical("https://h/?b=2&a=1&a=0&c"), 2), "a=0&a=1&b=2&c=");
  EXPECT_EQ(line(canonical("https://h/?x=a%20b%2fc&y=d/e:f"), 2), "x=a%20b%2Fc&y=d%2Fe%3Af");
  EXPECT_EQ(line(canonical("https://h/?x=100%&&y=a=b"), 2), "x=100%25&y=a%3Db");
}

TEST(SigV4, HeadersThatAreSigned) {
  HttpRequest request;
  request.url = "https://EXAMPLE.com:8443/";
  request.headers.add("X-Amz-B", "  one   two\t three ").add("content-type", "application/json");
  request.headers.add("x-amz-a", "1").add("X-Amz-A", " 2").add("Accept", "*/*");
  const std::string text = sigv4::canonical_request(request);
  EXPECT_EQ(line(text, 3), "content-type:application/json");
  EXPECT_EQ(line(text, 4), "host:EXAMPLE.com:8443");
  EXPECT_EQ(line(text, 5), "x-amz-a:1,2");
  EXPECT_EQ(line(text, 6), "x-amz-b:one two three");
  EXPECT_EQ(line(text, 8), "content-type;host;x-amz-a;x-amz-b");
}

TEST(SigV4, TheHostIsTheOneThatIsSent) {
  EXPECT_EQ(line(canonical("https://h:443/"), 3), "host:h");
  EXPECT_EQ(line(canonical("http://h:443/"), 3), "host:h:443");
  EXPECT_EQ(line(canonical("http://h:80/"), 3), "host:h");
  EXPECT_EQ(line(canonical("http://[::1]:8080/"), 3), "host:[::1]:8080");
  EXPECT_EQ(line(canonical("http://[::1]/"), 3), "host:[::1]");
  HttpRequest request;
  request.url = "http://127.0.0.1:8080/";
  request.headers.add("Host", "bedrock-runtime.eu-west-1.amazonaws.com");
  EXPECT_EQ(line(sigv4::canonical_request(request), 3), "host:bedrock-runtime.eu-west-1.amazonaws.com");
}

TEST(SigV4, SigningAgainReplacesWhatWasThere) {
  HttpRequest request;
  request.url = "https://h/";
  const sigv4::Scope scope{"r", "s"};
  sigv4::sign(request, AwsKeys{"a", "b", "c"}, scope, sys_day(2026, 1, 1));
  const HttpHeaders first = request.headers;
  sigv4::sign(request, AwsKeys{"a", "b", "c"}, scope, sys_day(2026, 1, 1));
  EXPECT_EQ(request.headers.size(), 3u);
  EXPECT_EQ(request.headers.get("authorization"), first.get("authorization"));
}

TEST(SigV4, UrlsThatCannotBeSigned) {
  for (const char* url : {"", "example.com/", "ftp://h/", "https:///path", "https://user@h/", "https://h/a b"}) {
    HttpRequest request;
    request.url = url;
    try {
      sigv4::sign(request, AwsKeys{"a", "secret", ""}, sigv4::Scope{"r", "s"}, sys_day(2026, 1, 1));
      ADD_FAILURE() << url;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
      EXPECT_EQ(error.where(), "url");
    }
  }
}

TEST(SigV4, Timestamps) {
  EXPECT_EQ(sigv4::timestamp(sys_day(1970, 1, 1)), "19700101T000000Z");
  EXPECT_EQ(sigv4::timestamp(sys_day(2024, 2, 29) + 23h + 59min + 59s + 999ms), "20240229T235959Z");
}

}  // namespace
}  // namespace antiphon
