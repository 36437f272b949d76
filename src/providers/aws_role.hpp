#pragma once

#include <string>

#include <antiphon/http.hpp>

#include "providers/aws_key_server.hpp"
#include "providers/aws_sts.hpp"

namespace antiphon::inline v0::codec {

/// A role, and what it is assumed with.
struct AwsRole {
  std::string arn;
  std::string session_name;  ///< empty: one of ours
  std::string external_id;
  std::string seconds;  ///< how long its keys are to be good; empty: STS decides, an hour

  friend bool operator==(const AwsRole&, const AwsRole&) = default;
};

/// Assumes a role with the keys that `source` gives (`AssumeRole`, signed), anew for each fetch.
AwsKeyCache::Fetch assume_role(AwsKeyCache::Fetch source, const AwsRole& role, const AwsSts& sts);

/// Assumes a role with the token in a file, which is read for each fetch: somebody renews it
/// (`AssumeRoleWithWebIdentity`, unsigned).
AwsKeyCache::Fetch assume_role_with_token(const std::string& token_file, const AwsRole& role, const AwsSts& sts);

}  // namespace antiphon::inline v0::codec
