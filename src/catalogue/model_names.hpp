#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon::inline v0::catalogue {

// How people and providers write the names of models. Pure functions of text.

/// What a row is found by: case does not count, and neither does whether versions have points or hyphens (`4.5`,
/// `4-5`).
std::string key_of(std::string_view provider, std::string_view model);

/// The model's own name in one that is a path (`models/x`, `projects/…/models/x`, an ARN); else as it is.
std::string_view without_path(std::string_view model);

/// The names that this one may be a snapshot or version of, nearest first: `x-20250805-v1:0` gives `x-20250805` and
/// `x`. Dates, Bedrock's versions, what stands behind an `@`, and the numbers of stable Gemini models.
std::vector<std::string> without_snapshot(std::string_view model);

/// Bedrock's name of a model without the region of its profile: `us.anthropic.x` gives `anthropic.x`.
std::string_view without_region(std::string_view model);

/// Who makes the model, as the name of a provider, and what it is called there, when the name says so: `x-ai/grok-4`,
/// `anthropic.claude-opus-4-1-v1:0` of Bedrock.
std::optional<std::pair<std::string, std::string>> maker_in(std::string_view model);

/// The base of a fine-tuned model: `ft:gpt-4o:team::id`.
std::optional<std::string> tuned_from(std::string_view model);

}  // namespace antiphon::inline v0::catalogue
