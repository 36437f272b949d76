#pragma once

#include <string>

#include "core/environment.hpp"
#include "providers/aws_keys.hpp"
#include "providers/credential_cache.hpp"

namespace antiphon::inline v0::codec {

using AwsKeyCache = CredentialCache<AwsKeys>;

/// The server beside a container (ECS, EKS Pod Identity) that has its keys.
struct AwsContainerServer {
  std::string url;
  std::string token;       ///< for the header `Authorization`; empty for none
  std::string token_file;  ///< has the token, read anew each time; empty for none
};

/// The metadata service of an EC2 instance.
struct AwsInstanceServer {
  std::string base_url;  ///< `http://169.254.169.254`, without a slash at its end
};

/// What `AWS_CONTAINER_CREDENTIALS_…` names; nothing when neither is set. Throws `Error{invalid_config}` for an address
/// that keys must not come from: `http` is for this machine and the addresses of ECS and EKS only.
std::optional<AwsContainerServer> container_server(const Environment& environment);

/// Nothing when `AWS_EC2_METADATA_DISABLED` says so. `AWS_EC2_METADATA_SERVICE_ENDPOINT` and its `_MODE` change the
/// address.
std::optional<AwsInstanceServer> instance_server(const Environment& environment);

AwsKeyCache::Fetch fetch_from(const AwsContainerServer& server);
/// Version 2 only: a session first, then the name of the role, then its keys.
AwsKeyCache::Fetch fetch_from(const AwsInstanceServer& server);

}  // namespace antiphon::inline v0::codec
