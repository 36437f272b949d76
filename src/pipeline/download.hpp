#pragma once

#include <cstddef>
#include <string>

#include <antiphon/fetch_policy.hpp>
#include <antiphon/result.hpp>

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"
#include "providers/url_media.hpp"

namespace antiphon::inline v0::pipeline {

/// A file as a provider is to get it.
struct MediaFile {
  std::string bytes;
  std::string media_type;
};

/// Fetches one file from where its URL points, through redirects, within the bounds of the policy and `most_bytes`. It
/// shows nobody who asks for it. The error says where the part stands and which host failed; its kind is that of the
/// failure, `invalid_request` for a file that is no such thing or a URL that must not be followed.
Task<Result<MediaFile>> download(Call& call, const Link& link, CancelScope& cancel, FetchPolicy policy,
                                 codec::UrlMedia wanted, std::size_t most_bytes);

}  // namespace antiphon::inline v0::pipeline
