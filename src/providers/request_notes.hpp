#pragma once

#include <string>
#include <utility>
#include <vector>

#include <antiphon/error.hpp>
#include <antiphon/response.hpp>

namespace antiphon::inline v0::codec {

/// What a provider cannot carry of a request: a warning each, or an error at the first when strict.
class RequestNotes {
 public:
  explicit RequestNotes(bool strict) : strict_(strict) {}

  void cannot_carry(std::string where, std::string why) {
    if (strict_) throw Error(ErrorKind::unsupported, std::move(why)).where(std::move(where));
    warnings_.emplace_back(std::move(where), std::move(why));
  }
  /// What a model, a tool or the loop of tools wants sent, and goes in the nearest form that the provider takes. A
  /// warning, strict or not: the user has not asked for it, and the conversation must be able to go on.
  void mended(std::string where, std::string how) { warnings_.emplace_back(std::move(where), std::move(how)); }
  /// That a tool failed, of which only the text of its result speaks. A warning, strict or not: a tool that fails must
  /// not end the conversation.
  void failed_result(const std::string& place) {
    warnings_.emplace_back(place + "/is_error", "only the text of a failed tool result is sent");
  }
  /// What a model thought that this provider cannot use: its own seal is not on it. A warning, strict or not: thoughts
  /// are meant for the provider that they came from, and another one must be able to go on with the conversation.
  void left_thought(std::string where) {
    warnings_.emplace_back(std::move(where), "a thought without this provider's own seal is left out");
  }
  std::vector<Warning> take() { return std::move(warnings_); }

 private:
  bool strict_;
  std::vector<Warning> warnings_;
};

}  // namespace antiphon::inline v0::codec
