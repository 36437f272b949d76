#pragma once

#include <list>
#include <string>
#include <vector>

#include <antiphon/message.hpp>
#include <antiphon/options.hpp>

#include "providers/request_notes.hpp"
#include "providers/tool_pairs.hpp"
#include "providers/turn_item.hpp"

namespace antiphon::inline v0::codec {

/// What one side says before the other does.
struct Turn {
  bool assistant = false;
  std::vector<TurnItem> items;
  /// Own options of the messages that it was made of, for the block that is written last.
  std::vector<const OwnOptions*> own = {};
};

/// A conversation in the strict form that several providers ask for: system texts apart, user and assistant by turns,
/// the user first, each tool call answered in the next turn, results before anything else.
struct Turns {
  std::vector<TurnItem> system;
  std::vector<Turn> turns;
  /// Parts that had to be made up.
  std::list<Part> made;
  /// Own options of the system messages, for the text that is written last.
  std::vector<const OwnOptions*> system_own;
  /// Which holds the results that were made up.
  ToolPairs pairs;
};

/// Messages of one side that follow each other become one turn (providers.md, traps 90 to 92); results are paired with
/// their calls and go to the front of their turn (trap 72). What is changed in this is noted. Attachments join the last
/// message of the user.
Turns make_turns(const Messages& messages, const Options& options, RequestNotes& notes);

}  // namespace antiphon::inline v0::codec
