#pragma once

#include <string>
#include <string_view>

#include "json.hpp"
#include "scenario_data.hpp"

namespace antiphon::inline v0::simulator {

class Fields;

/// All of these throw `ScenarioError`.

/// Parses JSON; an error names line and column.
json::value parse_scenario_text(std::string_view text, const std::string& place);
ScenarioData read_scenario(const json::value& value);
Rule read_rule(const json::value& value, const std::string& place);

/// The part of a rule that says what is answered: `answer`, `raw`, `error`, `html` or `redirect`.
void read_answer(Fields& fields, Rule& rule);
/// The `blocks` of an answer.
void read_blocks(Fields& fields, Script::ScriptedChoice& choice);
/// `number` makes an id for a call that has none.
ToolCall read_tool_call(const json::value& value, const std::string& place, std::size_t number);
/// A text, or the pieces of one.
std::optional<std::vector<std::string>> read_pieces(Fields& fields, std::string_view key);
void read_faults(Fields& fields, Rule& rule);
Failure read_failure(Fields& fields, int status);

}  // namespace antiphon::inline v0::simulator
