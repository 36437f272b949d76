#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <antiphon/http.hpp>
#include <antiphon/result.hpp>

#include "providers/aws_keys.hpp"
#include "providers/credential_cache.hpp"

namespace antiphon::inline v0::codec {

/// Where errors of AWS STS stand.
inline constexpr std::string_view sts_place = "aws.sts";

/// Reads the answer of AWS STS to `operation` (`AssumeRole`, `AssumeRoleWithWebIdentity`), which is XML: the temporary
/// keys in it, or its refusal. `who` is it and what it was asked for; what is in `secrets` comes into no error.
Result<Fetched<AwsKeys>> read_assumed_role(const HttpResponse& answer, const std::string& operation,
                                           std::string_view who, const std::vector<std::string>& secrets);

}  // namespace antiphon::inline v0::codec
