#pragma once

#include <optional>

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Puts on what the model's configuration and the call's options say about the request as such: headers, proxy, TLS.
void apply_config(HttpRequest& request, const ModelConfig& config, const Options& options);

/// Waits for the authenticator, or for the call to be cancelled. What it throws becomes the error.
Task<std::optional<Error>> authorize(Call& call, CancelScope& cancel, Authenticator& authenticator,
                                     HttpRequest& request);

}  // namespace antiphon::inline v0::pipeline
