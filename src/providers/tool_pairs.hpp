#pragma once

#include <cstddef>
#include <list>
#include <set>
#include <span>
#include <vector>

#include <antiphon/message.hpp>

#include "providers/request_notes.hpp"
#include "providers/turn_item.hpp"

namespace antiphon::inline v0::codec {

/// What becomes of a tool result whose call is not in the messages.
enum class Strays { left_out, kept };

/// Which results answer the calls of a conversation. Providers refuse a history where one stands without the other, or
/// where something stands between them (providers.md §1.3, §3.3, traps 72, 73): so results go where their calls are, a
/// call that nothing answered gets an error as its result, and a result without a call is left out. What is made up and
/// what is left out is noted. Calls at the end of the conversation wait for their results.
class ToolPairs {
 public:
  ToolPairs() = default;
  // Answers point into what was made up.
  ToolPairs(ToolPairs&&) = default;
  ToolPairs& operator=(ToolPairs&&) = default;
  /// Throws `Error{invalid_request}` for a result that does not tell which call it answers, and when nothing but
  /// results without calls is said.
  ToolPairs(const Messages& messages, Strays strays, RequestNotes& notes);

  /// A result, the call that it answers, and the message that has this call.
  struct Answer {
    std::size_t message;
    const Part* call;
    TurnItem result;
  };
  /// The results of the calls of a message, as they came; those that were made up, placed at their calls, are the last.
  std::span<const Answer> answers(std::size_t message) const;
  /// Whether it is a result without a call that is kept where it is.
  bool is_kept(const Part& result) const { return kept_.contains(&result); }

 private:
  class Finder;

  std::vector<Answer> answers_;  ///< by their messages
  std::list<Part> made_;
  std::set<const Part*> kept_;
};

}  // namespace antiphon::inline v0::codec
