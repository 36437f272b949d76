#include "providers/turns.hpp"

#include <optional>
#include <utility>

#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

namespace {

bool is_call(const TurnItem& item) { return item.part->kind() == PartKind::tool_call; }

class Maker {
 public:
  Maker(ToolPairs pairs, RequestNotes& notes) : notes_(notes) { made_.pairs = std::move(pairs); }

  void add(const Message& message, std::size_t index, const std::vector<Part>* attachments) {
    if (is_system(message)) return system(message, index);
    Turn& turn = at(message.role() == Role::assistant);
    for (std::size_t part = 0; part < message.parts().size(); ++part) {
      const Part& each = message.parts()[part];
      // They go where their calls are.
      if (!turn.assistant && each.kind() == PartKind::tool_result) continue;
      turn.items.push_back({&each, {index, part}});
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
    for (std::size_t index = 1; index < made_.turns.size(); ++index) {
      if (!made_.turns[index].assistant) answer(made_.turns[index - 1], made_.turns[index]);
    }
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

  /// The results of the calls of the turn before come first.
  void answer(const Turn& calls, Turn& turn) {
    std::vector<TurnItem> results;
    std::size_t message = PartPlace::no_message;
    for (const TurnItem& item : calls.items) {
      if (!is_call(item) || item.place.message == message) continue;
      message = item.place.message;
      for (const ToolPairs::Answer& answer : made_.pairs.answers(message)) results.push_back(answer.result);
    }
    turn.items.insert(turn.items.begin(), results.begin(), results.end());
  }

  RequestNotes& notes_;
  Turns made_;
};

}  // namespace

Turns make_turns(const Messages& messages, const Options& options, RequestNotes& notes) {
  if (messages.empty()) throw invalid("messages", "there are no messages");
  const std::optional<std::size_t> joined = message_to_join(messages, options);
  Maker maker(ToolPairs(messages, Strays::left_out, notes), notes);
  for (std::size_t index = 0; index < messages.size(); ++index) {
    maker.add(messages[index], index, joined == index ? &options.attachments() : nullptr);
  }
  Turns turns = maker.take();
  if (turns.turns.empty()) throw invalid("messages", "the provider takes system messages beside others only");
  return turns;
}

}  // namespace antiphon::inline v0::codec
