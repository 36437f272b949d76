#pragma once

#include <string>

namespace antiphon::inline v0::simulator {

/// Keys that requests to AWS are signed with.
struct AwsKeys {
  std::string access_key;  ///< empty: any
  std::string secret_key;  ///< empty: signatures are not checked
  std::string session_token;
};

/// What clients must show; what is empty is not asked for.
struct Credentials {
  std::string api_key;
  AwsKeys aws;
};

}  // namespace antiphon::inline v0::simulator
