#pragma once

#include <string_view>

namespace antiphon::inline v0::codec {

/// The name that a family of models on Bedrock has among `additionalModelRequestFields` for how hard to think; empty
/// for those that are told by `outputConfig` (providers.md §6.13).
std::string_view bedrock_effort_field(std::string_view model);

/// OpenAI's own name of one of its models there (`us.openai.gpt-5.6-sol`); empty for a model of somebody else.
std::string_view bedrock_openai_model(std::string_view model);

/// Whether the model takes `topK` in an `inferenceConfig` of its own among those fields.
bool bedrock_nests_top_k(std::string_view model);

}  // namespace antiphon::inline v0::codec
