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
void read_faults(Fields& fields, Rule& rule);
Failure read_failure(Fields& fields, int status);

}  // namespace antiphon::inline v0::simulator
