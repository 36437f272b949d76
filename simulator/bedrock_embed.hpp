#pragma once

#include "bedrock_path.hpp"
#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

/// Answers `invoke` for the embedding models of Amazon and Cohere. Throws `Failure`.
Reply bedrock_embed(std::string_view body, const BedrockPath& path);

}  // namespace antiphon::inline v0::simulator
