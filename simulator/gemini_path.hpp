#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::simulator {

/// `/v1beta/models/NAME:METHOD`, or the same below `…/publishers/google/` as Vertex has it. No method: a model or,
/// without a name, all of them.
struct GeminiPath {
  std::string model;
  std::string method;
  bool is_vertex = false;
};

/// Nothing for paths of other kinds.
std::optional<GeminiPath> gemini_path(std::string_view path);

}  // namespace antiphon::inline v0::simulator
