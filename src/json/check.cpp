#include "json/check.hpp"

#include <algorithm>
#include <bitset>

#include "core/ascii.hpp"
#include "core/utf8.hpp"
#include "json/number.hpp"
#include "json/plain.hpp"

namespace antiphon::inline v0::json {
namespace {

constexpr bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Walks over a text once, without recursion. Each function that walks is false at the first fault.
class Checker {
 public:
  Checker(std::string_view text, std::size_t max_depth)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), max_depth_(std::min(max_depth, greatest_depth)) {}

  std::optional<Fault> run() {
    if (text()) return std::nullopt;
    return fault_;
  }

 private:
  bool text() {
    // Each turn reads one value, then closes what it ends.
    while (value()) {
      if (!close_finished()) return false;
      if (depth_ == 0) return at_ == end_ || fail("text after the end");
    }
    return false;
  }

  /// One value, down to the first scalar or empty container in it; what was opened on the way stays open.
  bool value() {
    for (;;) {
      skip_blanks();
      if (at_ == end_) return fail("a value is missing");
      if (*at_ == '{' || *at_ == '[') {
        if (!open(*at_ == '{')) return false;
        skip_blanks();
        if (at_end_of_container()) return true;
        if (in_object() && !name()) return false;
      } else {
        return scalar();
      }
    }
  }

  /// After a value: the ends of all containers that end here, then the comma (and the name) before the next value.
  bool close_finished() {
    for (;;) {
      skip_blanks();
      if (depth_ == 0) return true;
      if (at_end_of_container()) {
        ++at_;
        --depth_;
        continue;
      }
      if (at_ == end_ || *at_ != ',') return fail(in_object() ? "expected ',' or '}'" : "expected ',' or ']'");
      ++at_;
      return !in_object() || name();
    }
  }

  bool open(bool object) {
    if (depth_ == max_depth_) return fail("nested too deep");
    object_[depth_++] = object;
    ++at_;
    return true;
  }

  bool in_object() const { return object_[depth_ - 1]; }
  bool at_end_of_container() const { return at_ != end_ && *at_ == (in_object() ? '}' : ']'); }

  bool name() {
    skip_blanks();
    if (at_ == end_ || *at_ != '"') return fail("expected a name in quotes");
    if (!string()) return false;
    skip_blanks();
    if (at_ == end_ || *at_ != ':') return fail("expected ':'");
    ++at_;
    return true;
  }

  bool scalar() {
    switch (*at_) {
      case '"':
        return string();
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number();
    }
  }

  bool literal(std::string_view word) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return fail("not a value");
    at_ += word.size();
    return true;
  }

  bool number() {
    const char* behind = number_end(at_, end_);
    if (behind == nullptr) return fail("not a value");
    at_ = behind;
    return true;
  }

  bool string() {
    ++at_;
    for (;;) {
      at_ = skip_plain(at_, end_);
      if (at_ == end_) return fail("a string does not end");
      const auto byte = static_cast<unsigned char>(*at_);
      if (byte == '"') {
        ++at_;
        return true;
      }
      if (byte < 0x20) return fail("a control character in a string");
      if (!(byte == '\\' ? escape() : character())) return false;
    }
  }

  bool escape() {
    const auto rest = static_cast<std::size_t>(end_ - at_);
    if (rest >= 2 && std::string_view("\"\\/bfnrt").find(at_[1]) != std::string_view::npos) {
      at_ += 2;
      return true;
    }
    if (rest < 6 || at_[1] != 'u' || !std::all_of(at_ + 2, at_ + 6, is_hex)) return fail("not an escape");
    at_ += 6;
    return true;
  }

  bool character() {
    const utf8::Piece piece = utf8::first_piece({at_, static_cast<std::size_t>(end_ - at_)});
    if (!piece.valid) return fail("not UTF-8");
    at_ += piece.length;
    return true;
  }

  void skip_blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool fail(const char* what) {
    fault_ = {static_cast<std::size_t>(at_ - begin_), what};
    return false;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
  std::bitset<greatest_depth> object_;
  Fault fault_{};
};

}  // namespace

std::string to_string(const Fault& fault) { return "byte " + std::to_string(fault.at) + ": " + fault.what; }

std::optional<Fault> find_fault(std::string_view text, std::size_t max_depth) { return Checker(text, max_depth).run(); }

std::string check(std::string_view text, std::size_t max_depth) {
  const auto fault = find_fault(text, max_depth);
  return fault ? to_string(*fault) : std::string();
}

bool is_object(std::string_view text) { return ascii::trim(text).starts_with('{') && !find_fault(text); }

}  // namespace antiphon::inline v0::json
