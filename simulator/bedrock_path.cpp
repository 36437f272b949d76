#include "bedrock_path.hpp"

#include "text.hpp"

namespace antiphon::inline v0::simulator {

std::optional<BedrockPath> bedrock_path(std::string_view path) {
  constexpr std::string_view begin = "/model/";
  if (!path.starts_with(begin)) return std::nullopt;
  path.remove_prefix(begin.size());
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  return BedrockPath{percent_decoded(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

std::string bedrock_claude_model(std::string_view path) {
  const auto found = bedrock_path(path);
  if (!found || found->model.find("anthropic.") == std::string::npos) return "";
  const bool invokes = found->operation == "invoke" || found->operation == "invoke-with-response-stream";
  return invokes ? found->model : "";
}

}  // namespace antiphon::inline v0::simulator
