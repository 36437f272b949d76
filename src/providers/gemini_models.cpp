#include "providers/gemini_models.hpp"

namespace antiphon::inline v0::codec {

GeminiModel classify_gemini_model(std::string_view model) {
  const auto names = [&](std::string_view part) { return model.find(part) != model.npos; };
  GeminiModel kind;
  // Of 3.7 observed, 26 November 2026: it refuses `minimal`.
  kind.thinks_least = names("flash") && !names("gemini-3.7");
  kind.thinks_most = names("gemini-4-hydrogen");
  const bool second = names("gemini-2.5");
  const bool older = names("gemini-1") || names("gemini-2.0") || names("gemini-pro-vision") || names("gemma");
  if (second || older) {
    kind.sealed_calls = false;
    kind.media_results = false;
    kind.format_beside_tools = false;
  }
  if (second) {
    kind.thinking = GeminiModel::Thinking::budget;
    kind.can_rest = names("flash");
  } else if (older) {
    kind.thinking = GeminiModel::Thinking::none;
    kind.json_schema = false;
    kind.validated_calls = false;
  }
  return kind;
}

}  // namespace antiphon::inline v0::codec
