#pragma once

#include <antiphon/simulator.hpp>

#include "answer.hpp"

namespace antiphon::inline v0::simulator {

/// Reads a Messages request as strictly as the provider does. Throws `Failure`.
Ask read_anthropic(const RecordedRequest& request);

/// The same for counting its tokens, where nothing says how the answer shall be.
Ask read_anthropic_count(const RecordedRequest& request);

/// Checks the headers that every request carries. Throws `Failure`.
void check_anthropic_headers(const RecordedRequest& request);

/// The model that a path of Vertex AI names; empty for other paths.
std::string vertex_model(std::string_view path);

}  // namespace antiphon::inline v0::simulator
