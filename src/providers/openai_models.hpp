#pragma once

#include <string_view>

namespace antiphon::inline v0::codec {

/// Whether a model takes temperature, top_p and log-probabilities.
enum class Sampling { always, without_reasoning, never };

/// What OpenAI's models of a family refuse (providers.md, 1.8).
struct OpenAiModel {
  bool reasoning = false;
  Sampling sampling = Sampling::always;
  /// Does not reason unless it is told to.
  bool rests = false;
  bool takes_stop = true;
};

/// By the model's name; unknown ones are put where their name points.
OpenAiModel classify_openai_model(std::string_view model);

/// `api.openai.com` and its regions.
bool is_openai_host(std::string_view base_url);

}  // namespace antiphon::inline v0::codec
