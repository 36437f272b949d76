#pragma once

#include <antiphon/provider.hpp>

#include "pipeline/link.hpp"

namespace antiphon::inline v0::detail {

/// What a handle adds to its calls. Throws `Error{invalid_config}` that names the setting.
pipeline::HandleSettings make_settings(const ProviderOptions& options);

}  // namespace antiphon::inline v0::detail
