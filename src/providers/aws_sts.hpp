#pragma once

#include <string>
#include <string_view>

namespace antiphon::inline v0::codec {

/// Where AWS STS is asked, as far as somebody said it.
struct AwsSts {
  std::string url;     ///< empty: that of the region
  std::string region;  ///< empty: the one in the name of the host that keys are wanted for, else none
};

struct AwsStsAddress {
  std::string url;
  std::string region;  ///< to sign for
};

/// Where AWS STS is asked for keys for a request to `url`: in the region, or, where there is none, by the address that
/// is everybody's.
AwsStsAddress address_of(const AwsSts& sts, std::string_view url);

}  // namespace antiphon::inline v0::codec
