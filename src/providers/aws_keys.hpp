#pragma once

#include <string>

namespace antiphon::inline v0::codec {

/// What a request to AWS is signed with. Secret: it is in no message.
struct AwsKeys {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< empty for keys that do not expire

  friend bool operator==(const AwsKeys&, const AwsKeys&) = default;
};

}  // namespace antiphon::inline v0::codec
