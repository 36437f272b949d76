#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::simulator {

/// `/model/ID/OPERATION`, the id decoded: names, profiles and ARNs.
struct BedrockPath {
  std::string model;
  std::string operation;
};

/// Nothing for paths of other kinds.
std::optional<BedrockPath> bedrock_path(std::string_view path);

/// The Claude model that a path invokes with its own protocol; empty for other paths.
std::string bedrock_claude_model(std::string_view path);

}  // namespace antiphon::inline v0::simulator
