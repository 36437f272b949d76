#include "providers/tool_pairs.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace antiphon::inline v0::codec {

namespace {

/// Calls of one turn of the model, and which of them have no result yet.
class OpenCalls {
 public:
  struct Call {
    TurnItem item;
    bool answered = false;
  };

  void add(TurnItem call) {
    by_id_.emplace(call.part->id(), calls_.size());
    by_name_.emplace(call.part->name(), calls_.size());
    calls_.push_back(Call{call});
  }

  /// The call that a result answers, which is closed by it; null when there is none.
  const Call* take(const Part& result) {
    // Older servers know no ids: there the name tells.
    if (result.id().empty() && !by_id_.contains("")) return take(by_name_, result.name());
    return take(by_id_, result.id());
  }

  const std::vector<Call>& calls() const { return calls_; }

 private:
  using Index = std::multimap<std::string_view, std::size_t>;

  const Call* take(Index& index, std::string_view key) {
    for (auto found = index.lower_bound(key); found != index.end() && found->first == key;) {
      Call& call = calls_[found->second];
      found = index.erase(found);
      if (std::exchange(call.answered, true)) continue;
      return &call;
    }
    return nullptr;
  }

  std::vector<Call> calls_;
  Index by_id_, by_name_;
};

}  // namespace

class ToolPairs::Finder {
 public:
  Finder(ToolPairs& pairs, Strays strays, RequestNotes& notes) : pairs_(pairs), strays_(strays), notes_(notes) {}

  void said_by_model(const Message& message, std::size_t index) {
    something_else_ = true;
    if (replied_) close();
    for (std::size_t part = 0; part < message.parts().size(); ++part) {
      const Part& each = message.parts()[part];
      if (each.kind() == PartKind::tool_call) open_.add({&each, {index, part}});
    }
  }

  void said_to_model(const Message& message, std::size_t index) {
    if (message.role() != Role::tool) something_else_ = true;
    replied_ = true;
    for (std::size_t part = 0; part < message.parts().size(); ++part) {
      const Part& each = message.parts()[part];
      if (each.kind() == PartKind::tool_result) result({&each, {index, part}});
    }
  }

  void said_beside() { something_else_ = true; }

  void end() {
    if (replied_) close();
    if (stray_ && !something_else_) throw invalid((*stray_)(), "there is nothing but tool results without their calls");
    std::stable_sort(pairs_.answers_.begin(), pairs_.answers_.end(),
                     [](const Answer& a, const Answer& b) { return a.message < b.message; });
  }

 private:
  void result(TurnItem item) {
    if (const OpenCalls::Call* call = open_.take(*item.part)) {
      pairs_.answers_.push_back({call->item.place.message, call->item.part, item});
      return;
    }
    check_call_id(*item.part, item.place);
    if (strays_ == Strays::kept) {
      pairs_.kept_.insert(item.part);
    } else {
      if (!stray_) stray_ = item.place;
      notes_.cannot_carry(item.place(), "a tool result without its call just before it is left out");
    }
  }

  /// The next turn of the model begins, or nothing follows.
  void close() {
    for (const OpenCalls::Call& call : open_.calls()) {
      if (call.answered) continue;
      const TurnItem& item = call.item;
      notes_.cannot_carry(item.place(), "a tool call without a result was given an error as its result");
      pairs_.made_.push_back(Part::tool_result(item.part->id(), "no result", true, item.part->name()));
      pairs_.answers_.push_back({item.place.message, item.part, {&pairs_.made_.back(), item.place}});
    }
    open_ = OpenCalls();
    replied_ = false;
  }

  ToolPairs& pairs_;
  Strays strays_;
  RequestNotes& notes_;
  OpenCalls open_;
  bool replied_ = false;
  std::optional<PartPlace> stray_;
  bool something_else_ = false;  ///< than results without calls
};

ToolPairs::ToolPairs(const Messages& messages, Strays strays, RequestNotes& notes) {
  Finder finder(*this, strays, notes);
  for (std::size_t index = 0; index < messages.size(); ++index) {
    const Message& message = messages[index];
    if (message.role() == Role::assistant) {
      finder.said_by_model(message, index);
    } else if (is_system(message)) {
      finder.said_beside();
    } else {
      finder.said_to_model(message, index);
    }
  }
  finder.end();
}

std::span<const ToolPairs::Answer> ToolPairs::answers(std::size_t message) const {
  const auto first = std::lower_bound(answers_.begin(), answers_.end(), message,
                                      [](const Answer& answer, std::size_t value) { return answer.message < value; });
  auto last = first;
  while (last != answers_.end() && last->message == message) ++last;
  return {first, last};
}

}  // namespace antiphon::inline v0::codec
