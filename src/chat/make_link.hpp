#pragma once

#include <memory>

#include <antiphon/model.hpp>
#include <antiphon/model_config.hpp>

#include "pipeline/call.hpp"
#include "pipeline/endpoints.hpp"

namespace antiphon::inline v0::detail {

/// Throws `Error{invalid_config}` that names those that are known.
ProviderRow known_row(const ProviderId& provider);

enum class MissingKey { refused, left_out };

/// The way to the model that a configuration describes. Throws `Error{invalid_config}` that names the setting when one
/// is missing or wrong.
pipeline::Link make_link(ModelConfig config, MissingKey missing_key);
/// The same for a model of the user's own.
pipeline::Link make_link(ModelConfig config, std::shared_ptr<Model> model);
/// By what the calls of a link share limits and gate with those of others: address and key. The key is not in it.
pipeline::EndpointKey endpoint_key(const pipeline::Link& link);

}  // namespace antiphon::inline v0::detail
