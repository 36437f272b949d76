#pragma once

#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

/// Answers `/api/embed` and the older `/api/embeddings`. Throws `Failure`.
Reply ollama_embed(const RecordedRequest& request, const Models& models, const Protocol& protocol);

}  // namespace antiphon::inline v0::simulator
