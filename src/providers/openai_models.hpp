#pragma once

#include <span>
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
  /// Takes tools on this API only while it does not reason (providers.md, trap 98).
  bool rests_for_tools = false;
  /// Words for the effort that it takes; empty when they are not known.
  std::span<const std::string_view> efforts = {};
};

/// Whether it takes temperature, top_p and log-probabilities while it reasons as `effort` says; empty for as it likes.
bool samples(const OpenAiModel& model, std::string_view effort);

/// The name of a model of OpenAI's without the publisher before it, where a service has models of several; empty for
/// another publisher's.
std::string_view openai_name(std::string_view model);

/// By the model's name; unknown ones are put where their name points.
OpenAiModel classify_openai_model(std::string_view model);

}  // namespace antiphon::inline v0::codec
