#pragma once

#include <string_view>

#include <antiphon/http.hpp>
#include <antiphon/result.hpp>

#include "providers/aws_keys.hpp"
#include "providers/credential_cache.hpp"

namespace antiphon::inline v0::codec {

/// Reads the answer of a server of AWS keys: `{"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}`, or its
/// refusal.
Result<Fetched<AwsKeys>> read_aws_keys(const HttpResponse& answer, std::string_view place, std::string_view who);

/// Its refusal when the status is not a good one; `secret` is what it was asked with.
std::optional<Error> aws_server_refusal(const HttpResponse& answer, std::string_view place, std::string_view who,
                                        const std::string& secret);

}  // namespace antiphon::inline v0::codec
