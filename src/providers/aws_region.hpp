#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <antiphon/authenticator.hpp>

#include "core/environment.hpp"

namespace antiphon::inline v0::codec {

/// Stands in the address of a provider for the region that it is used in.
inline constexpr std::string_view region_mark = "{region}";

/// The same authenticator, which was told a region.
std::shared_ptr<Authenticator> in_region(std::shared_ptr<Authenticator> authenticator, std::string region);

/// `base_url` with the region in the place of its mark: the one that the authenticator was told, else `AWS_REGION`,
/// `AWS_DEFAULT_REGION`, or that of the profile. The mark stays when nobody says it.
std::string fill_region(std::string base_url, const Authenticator& authenticator, const Environment& environment);

/// `base_url` with another region, in the place of its mark or in the name of a host of AWS's. The same when it has
/// neither.
std::string with_region(std::string base_url, std::string_view region);

}  // namespace antiphon::inline v0::codec
