#include "providers/claude_rules.hpp"

#include <utility>

#include "providers/anthropic_messages.hpp"
#include "providers/format_in_words.hpp"
#include "providers/root_object.hpp"
#include "providers/schema_recursion.hpp"
#include "providers/schema_subset.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr const char* request_to_go_on = "Go on.";

/// Whether the last turn answers calls before which this provider did not think.
bool answers_bare_calls(const std::vector<Turn>& turns, const Preset& preset) {
  if (turns.size() < 2 || turns.back().assistant || turns.back().items.empty()) return false;
  if (turns.back().items.front().part->kind() != PartKind::tool_result) return false;
  const std::vector<TurnItem>& answer = turns[turns.size() - 2].items;
  if (answer.empty()) return false;
  const Part& first = *answer.front().part;
  // Text that is sealed away whole is Anthropic's `redacted_thinking` and Bedrock's `redactedContent`.
  const bool thought = first.kind() == PartKind::reasoning
                           ? !first.signature().empty()
                           : first.name() == "redacted_thinking" || first.name() == "reasoningContent";
  return !thought || !is_anthropic_origin(first, preset);
}

}  // namespace

std::int64_t ClaudeRules::limit(std::int64_t asked) const {
  if (asked <= model_.most_output) return asked;
  notes_.cannot_carry("max_tokens", "the model " + name_ + " gives " + std::to_string(model_.most_output) +
                                        " at most; so many are asked for");
  return model_.most_output;
}

void ClaudeRules::rest_after_bare_calls(AnthropicThinking& thinking, const Turns& turns, const Preset& preset,
                                        const char* field) const {
  if (thinking.json.find("\"enabled\"") == std::string::npos || !answers_bare_calls(turns.turns, preset)) return;
  notes_.cannot_carry(field,
                      "the tools whose results these are were called without a thought: the model may not think now");
  thinking.json.clear();
  thinking.thinks = thinking.asked = false;
}

std::string_view ClaudeRules::effort(std::string_view asked, const AnthropicThinking& thinking) const {
  std::string_view sent = asked;
  if (asked == "minimal") sent = "low";
  if (asked == "xhigh" && !model_.xhigh) sent = "high";
  const bool off = !thinking.json.empty() && !thinking.thinks;
  if (off && model_.high_needs_thought && (sent == "xhigh" || sent == "max")) sent = "high";
  if (sent != asked) {
    notes_.cannot_carry("reasoning_effort",
                        "the model has no \"" + std::string(asked) + "\" here; the nearest is sent");
  }
  return sent;
}

void ClaudeRules::end_with_user(Turns& turns, bool follows_schema) const {
  if (turns.turns.empty() || !turns.turns.back().assistant) return;
  if (model_.prefill && !follows_schema) return;
  const std::vector<TurnItem>& items = turns.turns.back().items;
  if (items.empty()) return;
  const PartKind last = items.back().part->kind();
  if (last == PartKind::unknown || last == PartKind::tool_call) return;
  notes_.cannot_carry("messages", "the model does not take the beginning of its answer; the user asks it to go on");
  turns.made.push_back(Part::text(request_to_go_on));
  turns.turns.emplace_back();
  turns.turns.back().items.push_back(TurnItem{&turns.made.back(), {0, 0}});
}

ClaudeFormat ClaudeRules::format(const ResponseFormat& asked, const std::string& api, const std::string& schema) const {
  ClaudeFormat made;
  if (asked.kind() == ResponseFormat::Kind::json) {
    notes_.cannot_carry("response_format", api + " has no JSON mode; the model is told to answer in JSON");
    made.instruction = format_in_words(asked);
  }
  if (asked.kind() != ResponseFormat::Kind::json_schema) return made;
  if (!model_.schema) {
    notes_.cannot_carry("response_format", "the model " + name_ + " follows no schema; it is told to");
    made.instruction = format_in_words(asked);
  } else if (holds_itself(schema)) {
    notes_.cannot_carry("response_format/schema",
                        "a schema that holds itself is not enforced; the model is told of it");
    made.instruction = format_in_words(asked);
  } else {
    made.schema = subset(schema, "response_format/schema");
  }
  return made;
}

ToolSchema ClaudeRules::tool_schema(const Tool& tool, const std::string& place) const {
  const std::string at_parameters = place + "/parameters";
  ToolSchema made{root_object(tool.parameters(), at_parameters, notes_), tool.strict()};
  if (tool.strict() != true) return made;
  if (model_.schema && !holds_itself(made.schema)) {
    made.schema = subset(made.schema, at_parameters);
    return made;
  }
  notes_.cannot_carry(place + "/strict", model_.schema ? "a schema that holds itself is not enforced"
                                                       : "the model " + name_ + " follows no schema");
  made.strict.reset();
  return made;
}

/// As structured answers and strict tools take it (providers.md §3.6, trap 78).
std::string ClaudeRules::subset(std::string_view schema, const std::string& place) const {
  SchemaSubset made = closed_without_keywords(schema, {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
                                                       "multipleOf", "minLength", "maxLength", "maxItems"});
  if (!made.dropped.empty()) {
    notes_.cannot_carry(place, "left out, because it is not enforced: " + listed(made.dropped));
  }
  return std::move(made.schema);
}

}  // namespace antiphon::inline v0::codec
