#pragma once

#include <string>
#include <vector>

#include <antiphon/antiphon.hpp>
#include <antiphon/describe.hpp>

namespace antiphon_tests {

struct Place {
  std::string city;
};
inline void describe(antiphon::Fields<Place>& fields) { fields.field("city", &Place::city).description("Its name"); }

/// A tool that runs, and remembers where it was asked for.
inline antiphon::Tool weather(std::vector<std::string>& cities) {
  return antiphon::tool("weather", "Current weather of a city", [&cities](const Place& place) {
    cities.push_back(place.city);
    return "Rain in " + place.city + ", 8 degrees.";
  });
}

/// What was called in a history, and what it gave: `weather -> Rain in Oslo, 8 degrees.`
inline std::vector<std::string> runs_in(const antiphon::Messages& history) {
  std::vector<std::string> runs;
  std::string open;
  std::string id;
  for (const antiphon::Message& message : history) {
    for (const antiphon::Part& part : message.parts()) {
      if (part.kind() == antiphon::PartKind::tool_call) {
        open = part.name();
        id = part.id();
      }
      if (part.kind() != antiphon::PartKind::tool_result) continue;
      runs.push_back((part.id() == id ? open : "nothing") + " -> " + part.text());
    }
  }
  return runs;
}

}  // namespace antiphon_tests
