#pragma once

#include <optional>

#include <antiphon/provider.hpp>

#include "chat/engine_core.hpp"
#include "pipeline/link.hpp"

namespace antiphon::inline v0::detail {

/// What a handle adds to its calls, which run on `engine`; `of_model` are the options of the model behind it. Throws
/// `Error{invalid_config}` that names the setting.
pipeline::HandleSettings make_settings(const ProviderOptions& options, const std::optional<Options>& of_model,
                                       const EngineCore& engine);

}  // namespace antiphon::inline v0::detail
