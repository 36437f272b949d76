#pragma once

#include <string_view>

#include "answer.hpp"
#include "bedrock_path.hpp"

namespace antiphon::inline v0::simulator {

/// Reads the body of a Converse request as strictly as the provider does. Throws `Failure`.
Ask read_bedrock(std::string_view body, const BedrockPath& path);

/// The tokens that a `count-tokens` request counts. Throws `Failure`.
std::uint64_t read_bedrock_count(std::string_view body, const BedrockPath& path);

}  // namespace antiphon::inline v0::simulator
