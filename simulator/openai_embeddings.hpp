#pragma once

#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

/// Answers `/embeddings`. Throws `Failure`.
Reply openai_embeddings(const RecordedRequest& request, const Models& models);

}  // namespace antiphon::inline v0::simulator
