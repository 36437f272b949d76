#include "providers/finish_reason.hpp"

#include "core/ascii.hpp"

namespace antiphon::inline v0::codec {

namespace {

struct Word {
  std::string_view raw;
  FinishReason reason;
};

constexpr Word words[] = {
    {"stop", FinishReason::stop},
    {"length", FinishReason::length},
    {"tool_calls", FinishReason::tool_calls},
    {"content_filter", FinishReason::content_filter},
    {"function_call", FinishReason::tool_calls},
    {"tool_use", FinishReason::tool_calls},
    {"eos", FinishReason::stop},
    {"eos_token", FinishReason::stop},
    {"end_turn", FinishReason::stop},
    {"stop_sequence", FinishReason::stop},
    {"model_length", FinishReason::length},
    {"max_tokens", FinishReason::length},
    {"insufficient_system_resource", FinishReason::error},
    {"error", FinishReason::error},
    {"network_error", FinishReason::error},
    {"sensitive", FinishReason::content_filter},
    {"safety", FinishReason::content_filter},
    {"abort", FinishReason::other},
};

}  // namespace

FinishReason read_finish_reason(std::string_view raw) {
  if (raw.empty() || raw == "null") return FinishReason::none;
  for (const Word& word : words) {
    if (ascii::equal_ignoring_case(word.raw, raw)) return word.reason;
  }
  // Some say behind it what the filter found.
  constexpr std::string_view filtered = "content_filter:";
  if (ascii::equal_ignoring_case(raw.substr(0, filtered.size()), filtered)) return FinishReason::content_filter;
  return FinishReason::other;
}

}  // namespace antiphon::inline v0::codec
