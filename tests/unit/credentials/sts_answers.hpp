#pragma once

// Answers of AWS STS, written by hand from its description (API version 2011-06-15).

#include <string>

namespace antiphon::test {

inline std::string sts_answer(const std::string& operation, const std::string& id, const std::string& expiration) {
  return "<" + operation + R"(Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <)" + operation +
         R"(Result>
    <SubjectFromWebIdentityToken>subject</SubjectFromWebIdentityToken>
    <AssumedRoleUser>
      <Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn>
      <AssumedRoleId>AROA:s</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <SessionToken>TOKEN-)" +
         id + R"(</SessionToken>
      <SecretAccessKey>SECRET/)" +
         id + R"(</SecretAccessKey>
      <Expiration>)" +
         expiration + R"(</Expiration>
      <AccessKeyId>)" +
         id + R"(</AccessKeyId>
    </Credentials>
  </)" + operation +
         R"(Result>
  <ResponseMetadata><RequestId>7</RequestId></ResponseMetadata>
</)" + operation +
         "Response>\n";
}

inline std::string sts_refusal(const std::string& code, const std::string& message) {
  return R"(<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>)" + code +
         "</Code><Message>" + message + "</Message></Error><RequestId>7</RequestId></ErrorResponse>";
}

}  // namespace antiphon::test
