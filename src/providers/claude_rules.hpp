#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <antiphon/options.hpp>

#include "providers/anthropic_models.hpp"
#include "providers/anthropic_thinking.hpp"
#include "providers/codec.hpp"
#include "providers/request_notes.hpp"
#include "providers/turns.hpp"

namespace antiphon::inline v0::codec {

/// How an answer gets its form: by a schema that is enforced, or by words.
struct ClaudeFormat {
  std::string schema;
  std::string instruction;
};

/// A tool's schema, and what is said of its strictness.
struct ToolSchema {
  std::string schema;
  std::optional<bool> strict;
};

/// What Claude refuses of a request whichever API carries it, Anthropic's own or Bedrock's Converse, and what is sent
/// in its place; noted where that is something else than was asked for (providers.md §3.3 to §3.6).
class ClaudeRules {
 public:
  /// All of them have to outlive it.
  ClaudeRules(const AnthropicModel& model, const std::string& name, RequestNotes& notes)
      : model_(model), name_(name), notes_(notes) {}

  /// What may be sent for `max_tokens` (trap 94).
  std::int64_t limit(std::int64_t asked) const;
  /// Takes a budget to think back where results answer calls before which this provider did not think (§3.3). `field`
  /// is what asked for it.
  void rest_after_bare_calls(AnthropicThinking& thinking, const Turns& turns, const Preset& preset,
                             const char* field) const;
  /// The nearest effort that the model has (trap 88).
  std::string_view effort(std::string_view asked, const AnthropicThinking& thinking) const;
  /// Has the user ask it to go on, where a conversation ends with the beginning of its answer and that is refused
  /// (§3.3, trap 93). What ends with a block of the provider's own is a turn that it paused, and stays as it is.
  void end_with_user(Turns& turns, bool follows_schema) const;
  /// `api` is who has no JSON mode; `schema` is the one to enforce, if any, as that API tells it.
  ClaudeFormat format(const ResponseFormat& asked, const std::string& api, const std::string& schema) const;
  /// `place` is the tool's.
  ToolSchema tool_schema(const Tool& tool, const std::string& place) const;

 private:
  std::string subset(std::string_view schema, const std::string& place) const;

  const AnthropicModel& model_;
  const std::string& name_;
  RequestNotes& notes_;
};

}  // namespace antiphon::inline v0::codec
