#pragma once

#include "json/document.hpp"

namespace antiphon::inline v0::json {

/// A way through the members of one object, or the elements of one array:
///
///   if (walk.enter('[', ']')) do { if (!walk.element()) break; use(walk.at()); } while (walk.next(']'));
class Walk {
 public:
  Walk(Document& document, Document::Token container, std::size_t depth)
      : document_(document), container_(container), at_(container), depth_(depth) {}

  /// False when this is another kind of value, or empty.
  [[gnu::always_inline]] bool enter(char open, char close) {
    if (document_.first(container_) != open) [[unlikely]]
      return false;
    if (depth_ > greatest_depth) [[unlikely]]
      return document_.fail(container_, "nested too deep");
    ++at_;
    return document_.first(at_) != close || leave();
  }
  /// The name of the member at hand; `at` is its value then. Without data after a fault.
  [[gnu::always_inline]] std::string_view name() {
    const Document::Token name = at_;
    // A member is never the last thing in a text: a colon, a value and a bracket follow its name.
    if (name + 3 >= document_.count() || document_.at(name) != '"' || document_.at(name + 1) != ':') [[unlikely]]
      return no_name(document_, at_);
    at_ = name + 2;
    if (!value()) [[unlikely]]
      return no_value(document_, at_);
    return document_.name(name);
  }
  /// False after a fault: there is no element at hand.
  bool element() {
    if (at_ < document_.count() && value()) return true;
    no_value(document_, at_);
    return false;
  }
  /// To the next member or element. False at the end, or after a fault.
  [[gnu::always_inline]] bool next(char close) {
    at_ = document_.behind(at_, first_, depth_ + 1);
    const char found = document_.first(at_);
    if (found == ',') [[likely]] {
      ++at_;
      return true;
    }
    if (found == close) return leave();
    return no_end(document_, at_, close);
  }

  Document::Token at() const { return at_; }
  /// First byte of the value at hand.
  char first() const { return first_; }
  /// The end was reached.
  bool complete() const { return complete_; }

 private:
  bool value() {
    first_ = document_.at(at_);
    return !separates[static_cast<unsigned char>(first_)];
  }
  bool leave() {
    document_.walked(container_, at_ + 1);
    complete_ = true;
    return false;
  }
  // What went wrong. Out of line: the way without faults shall be short enough to be inlined. Static: whoever is given
  // the walk itself wants it in memory, where else it is in registers.
  static std::string_view no_name(Document& document, Document::Token at);
  static std::string_view no_value(Document& document, Document::Token at);
  static bool no_end(Document& document, Document::Token at, char close);

  Document& document_;
  Document::Token container_;
  Document::Token at_;
  std::size_t depth_;
  char first_ = '\0';  ///< first byte of the value at hand
  bool complete_ = false;
};

}  // namespace antiphon::inline v0::json
