#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// Texts and images to be embedded, as Cohere's own API and Bedrock take them.
struct CohereInputs {
  std::vector<std::string> inputs;  ///< a data URL of each image
  std::vector<std::string> texts;   ///< what of it the answer repeats
  std::vector<std::string> types;   ///< `float`, `int8`, …
  std::uint64_t dimensions = 0;
  std::uint64_t tokens = 0;
};

/// Reads them. Throws `Failure`.
CohereInputs read_cohere_inputs(const RequestObject& request, std::string_view model);

/// All vectors in one of the types: `[[…],…]`.
std::string cohere_vectors(const CohereInputs& inputs, const std::string& type);

/// The same for each type that is asked for: `{"float":[[…],…]}`.
std::string cohere_vectors_by_type(const CohereInputs& inputs);

/// The texts, as answers repeat them: `["…"]`.
std::string cohere_texts(const CohereInputs& inputs);

/// Answers `/v2/embed`; `model` is the one it names. Throws `Failure`.
std::string cohere_embed(const RequestObject& request, const std::string& model);

}  // namespace antiphon::inline v0::simulator
