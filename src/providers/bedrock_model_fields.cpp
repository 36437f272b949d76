#include "providers/bedrock_model_fields.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// `us.openai.gpt-oss-120b`, or an ARN that ends so, for the maker `openai`.
bool is_by(std::string_view model, std::string_view maker) {
  for (std::size_t at = model.find(maker); at != model.npos; at = model.find(maker, at + 1)) {
    const bool begins = at == 0 || model[at - 1] == '.' || model[at - 1] == '/';
    if (begins && model.substr(at + maker.size()).starts_with('.')) return true;
  }
  return false;
}

}  // namespace

// As the service takes them (observed in May 2026).
std::string_view bedrock_effort_field(std::string_view model) {
  if (is_by(model, "openai")) return "reasoning_effort";
  if (is_by(model, "qwen")) return "reasoning_config";
  return {};
}

std::string_view bedrock_openai_model(std::string_view model) {
  constexpr std::string_view maker = "openai.";
  return is_by(model, "openai") ? model.substr(model.rfind(maker) + maker.size()) : std::string_view();
}

bool bedrock_nests_top_k(std::string_view model) {
  return is_by(model, "amazon") && model.find("amazon.nova") != model.npos;
}

}  // namespace antiphon::inline v0::codec
