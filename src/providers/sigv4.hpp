#pragma once

#include <chrono>
#include <string>

#include <antiphon/http.hpp>

#include "providers/aws_keys.hpp"

namespace antiphon::inline v0::codec::sigv4 {

/// What a signature is good for.
struct Scope {
  std::string region;   ///< `eu-west-1`
  std::string service;  ///< `bedrock`
};

/// Signs a request to AWS (Signature Version 4): sets `X-Amz-Date`, `X-Amz-Security-Token` for keys that expire, and
/// `Authorization`. Signed are the host, `Content-Type`, every `X-Amz-…` header and the body. Throws
/// `Error{invalid_request}` for a URL that is none.
void sign(HttpRequest& request, const AwsKeys& keys, const Scope& scope, std::chrono::system_clock::time_point now);

// The steps, for those who compare them with a description.

/// `20261123T065000Z`.
std::string timestamp(std::chrono::system_clock::time_point now);
/// Method, path, query, headers and the body's digest in the form that both sides agree on. The path is encoded once
/// more than it is on the wire, as every service but S3 has it.
std::string canonical_request(const HttpRequest& request);
std::string string_to_sign(const std::string& canonical_request, const std::string& timestamp, const Scope& scope);

}  // namespace antiphon::inline v0::codec::sigv4
