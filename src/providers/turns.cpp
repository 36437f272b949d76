#include "providers/turns.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace antiphon::inline v0::codec {

namespace {

bool is_result(const TurnItem& item) { return item.part->kind() == PartKind::tool_result; }
bool is_call(const TurnItem& item) { return item.part->kind() == PartKind::tool_call; }

class Maker {
 public:
  Maker(RequestNotes& notes) : notes_(notes) {}

  void add(const Message& message, std::size_t index, const std::vector<Part>* attachments) {
    if (message.role() == Role::system || message.role() == Role::developer) return system(message, index);
    Turn& turn = at(message.role() == Role::assistant);
    for (std::size_t part = 0; part < message.parts().size(); ++part) {
      turn.items.push_back({&message.parts()[part], {index, part}});
    }
    for (std::size_t part = 0; attachments && part < attachments->size(); ++part) {
      turn.items.push_back({&(*attachments)[part], {PartPlace::no_message, part}});
    }
    for (const OwnOptions& own : message.own_options()) turn.own.push_back(&own);
    if (!message.name().empty()) {
      notes_.cannot_carry(MessagePlace{index, "name"}(), "the provider has no names of speakers");
    }
  }

  Turns take() {
    begin_with_user();
    for (std::size_t index = 0; index < made_.turns.size(); ++index) {
      if (!made_.turns[index].assistant) pair(index);
    }
    // Calls at the end wait for their results: those are for the caller to give.
    return std::move(made_);
  }

 private:
  void system(const Message& message, std::size_t index) {
    if (!made_.turns.empty()) {
      notes_.cannot_carry("messages/" + std::to_string(index),
                          "the provider takes system messages at the beginning only; it was moved there");
    }
    for (std::size_t part = 0; part < message.parts().size(); ++part) {
      made_.system.push_back({&message.parts()[part], {index, part}});
    }
    for (const OwnOptions& own : message.own_options()) made_.system_own.push_back(&own);
  }

  Turn& at(bool assistant) {
    if (made_.turns.empty() || made_.turns.back().assistant != assistant) made_.turns.push_back(Turn{assistant, {}});
    return made_.turns.back();
  }

  void begin_with_user() {
    if (made_.turns.empty() || !made_.turns.front().assistant) return;
    notes_.cannot_carry("messages",
                        "the provider takes no answer before a question; a \".\" of the user stands before it");
    Turn turn;
    turn.items.push_back(make(Part::text("."), {0, 0}));
    made_.turns.insert(made_.turns.begin(), std::move(turn));
  }

  TurnItem make(Part part, PartPlace place) {
    made_.made.push_back(std::move(part));
    return {&made_.made.back(), place};
  }

  /// The results of a turn of the user answer the calls of the turn before, each one once, and come first.
  void pair(std::size_t index) {
    std::vector<TurnItem>& items = made_.turns[index].items;
    std::vector<TurnItem> results;
    std::vector<TurnItem> others;
    std::set<std::string_view> open;
    if (index > 0) {
      for (const TurnItem& item : made_.turns[index - 1].items) {
        if (is_call(item)) open.insert(item.part->id());
      }
    }
    for (const TurnItem& item : items) {
      if (!is_result(item)) {
        others.push_back(item);
      } else if (open.erase(item.part->id()) == 1) {
        results.push_back(item);
      } else {
        check_call_id(*item.part, item.place);
        notes_.cannot_carry(item.place(), "a tool result without its call just before it is left out");
      }
    }
    if (!open.empty()) answer(made_.turns[index - 1], open, results);
    items = std::move(results);
    items.insert(items.end(), others.begin(), others.end());
  }

  void answer(const Turn& calls, const std::set<std::string_view>& open, std::vector<TurnItem>& results) {
    for (const TurnItem& item : calls.items) {
      if (!is_call(item) || !open.contains(item.part->id())) continue;
      notes_.cannot_carry(item.place(), "a tool call without a result was given an error as its result");
      results.push_back(make(Part::tool_result(item.part->id(), "no result", true, item.part->name()), item.place));
    }
  }

  RequestNotes& notes_;
  Turns made_;
};

}  // namespace

Turns make_turns(const Messages& messages, const Options& options, RequestNotes& notes) {
  if (messages.empty()) throw invalid("messages", "there are no messages");
  const std::optional<std::size_t> joined = message_to_join(messages, options);
  Maker maker(notes);
  for (std::size_t index = 0; index < messages.size(); ++index) {
    maker.add(messages[index], index, joined == index ? &options.attachments() : nullptr);
  }
  Turns turns = maker.take();
  if (turns.turns.empty()) throw invalid("messages", "the provider takes system messages beside others only");
  return turns;
}

}  // namespace antiphon::inline v0::codec
