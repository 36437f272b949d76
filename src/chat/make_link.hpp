#pragma once

#include <antiphon/model_config.hpp>

#include "pipeline/call.hpp"

namespace antiphon::inline v0::detail {

/// Throws `Error{invalid_config}` that names those that are known.
const codec::Preset& known_preset(const ProviderId& provider);

enum class MissingKey { refused, left_out };

/// The way to the model that a configuration describes. Throws `Error{invalid_config}` that names the setting when one
/// is missing or wrong.
pipeline::Link make_link(ModelConfig config, MissingKey missing_key);

}  // namespace antiphon::inline v0::detail
