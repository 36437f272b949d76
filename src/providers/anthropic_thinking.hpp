#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <antiphon/options.hpp>

#include "providers/anthropic_models.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// How a model thinks in one call, and how much it may say in all.
struct AnthropicThinking {
  std::string json;  ///< value of `thinking`; empty when nothing is said about it
  bool thinks = false;
  bool asked = false;  ///< by the user
  std::int64_t max_tokens = 0;
};

/// Turns `reasoning_effort` and `own`, a user's value of `thinking` or null, into what the model takes (providers.md
/// §3.2, §3.5, traps 88, 94); what it does not take is noted. Throws `Error{invalid_request}` for a budget that cannot
/// be.
AnthropicThinking settle_thinking(const AnthropicModel& model, std::string_view name, const Options& options,
                                  const std::string* own, RequestNotes& notes);

}  // namespace antiphon::inline v0::codec
