#pragma once

#include <antiphon/simulator.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::inline v0::simulator {

/// An `Authorization` header of AWS Signature Version 4, taken apart.
struct AwsAuthorization {
  std::string access_key;
  std::string date;  ///< `YYYYMMDD`
  std::string region;
  std::string service;
  std::vector<std::string> signed_headers;
  std::string signature;
};

/// Nothing when it is not well-formed.
std::optional<AwsAuthorization> parse_aws_authorization(std::string_view header);

/// The signature that the request should have, in hexadecimal digits.
std::string aws_signature(const RecordedRequest& request, const AwsAuthorization& authorization,
                          std::string_view secret_key);

}  // namespace antiphon::inline v0::simulator
