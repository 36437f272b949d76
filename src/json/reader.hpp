#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <antiphon/count.hpp>

#include "core/padding.hpp"
#include "json/check.hpp"
#include "json/document.hpp"
#include "json/name.hpp"
#include "json/token_index.hpp"
#include "json/walk.hpp"

namespace antiphon::inline v0::json {

enum class Type { null, boolean, number, string, array, object };

/// A value inside the document that is being read: a place, cheap to copy, good until `Reader::read` returns. It may
/// be read several times and in any order; one that is not read is skipped. When the text turns out not to be JSON,
/// reads give nothing and `Reader::failed` says so.
class Value {
 public:
  /// `null` when it is no value at all; the reader has failed then.
  Type type() const {
    if (first_ == '"') return Type::string;
    if (first_ == '{') return Type::object;
    if (first_ == '[') return Type::array;
    return begins_number(first_) ? Type::number : literal_type(*this);
  }
  bool is_null() const { return type() == Type::null; }

  /// The text of a string, escapes resolved, lone surrogates replaced by U+FFFD; lives as long as the document.
  /// Nothing for any other type.
  std::optional<std::string_view> string() const {
    if (type() != Type::string) return std::nullopt;
    const std::string_view text = document_->string(token_);
    if (text.data() == nullptr) return std::nullopt;
    return text;
  }
  /// The same; empty for any other type.
  std::string_view text() const { return first_ == '"' ? document_->string(token_) : no_text(*this); }
  /// A whole number: an integer, a float without a fraction (`12.0`), or one of these in a string. Unknown for
  /// anything else, numbers beyond 64 bits included.
  Count count() const { return count(*this); }
  /// A number, or one in a string; nothing for one beyond the range of a double (`1e400`, `1e-400`).
  std::optional<double> number() const;
  std::optional<bool> boolean() const;
  /// The value as its own bytes, checked to be JSON nested at most 256 deep; nothing when it is not.
  std::optional<std::string_view> raw() const;
  /// The same unchecked: good for nothing but comparing it with what was checked. Empty after a fault.
  std::string_view span() const;
  /// An array or an object with nothing in it.
  bool is_empty() const { return opens(first_) && closes(document_->first(token_ + 1)); }

  /// Calls `field(Name key, Value value)` for each member of an object, duplicates included, in order.
  /// False when this is no object, or the text broke off. What `field` throws comes out.
  template <class F>
  bool fields(F&& field) const {
    Walk walk(*document_, token_, depth_);
    if (!walk.enter('{', '}')) return walk.complete();
    do {
      const Name key = walk.name();
      if (key.data() == nullptr) [[unlikely]]
        return false;
      field(key, member(walk));
    } while (walk.next('}'));
    return walk.complete();
  }
  /// Calls `element(Value value)` for each element of an array; else as `fields`.
  template <class F>
  bool elements(F&& element) const {
    Walk walk(*document_, token_, depth_);
    if (!walk.enter('[', ']')) return walk.complete();
    do {
      if (!walk.element()) return false;
      element(member(walk));
    } while (walk.next(']'));
    return walk.complete();
  }

 private:
  friend class Reader;
  Value(Document& document, Document::Token token, std::size_t depth, char first)
      : document_(&document), token_(token), depth_(static_cast<std::uint16_t>(depth)), first_(first) {}
  Value member(const Walk& walk) const { return Value(*document_, walk.at(), depth_ + std::size_t{1}, walk.first()); }
  // Static: whoever is given the address of a value wants it in memory, where else it is in registers.
  static Type literal_type(Value value);
  static std::string_view no_text(Value value);
  static Count count(Value value);
  /// The text of a number, or of a string that holds one; empty for anything else.
  std::string_view digits() const;

  Document* document_;
  Document::Token token_;
  std::uint16_t depth_;
  char first_;  ///< byte of the value
};

/// Reads JSON texts, one after the other, with memory that is used again. No text may be read while another one of
/// the same reader is.
///
/// Only what is visited is checked, so that a fault in a field that nobody needs breaks nothing; nesting is bounded.
/// Bytes that are not UTF-8 become U+FFFD, and `repaired` says so.
class Reader {
 public:
  /// Reads one text, whose root must be an object or an array; `visit(Value root)`. `json_padding` bytes behind the
  /// text must be readable. False when it is not JSON; `error` then says why. What `visit` throws comes out.
  template <class F>
  bool read(std::string_view padded_text, F&& visit) {
    TokenIndex index;
    if (!begin(index, padded_text)) return false;
    std::forward<F>(visit)(Value(document_, 0, 1, document_.first(0)));
    return finish();
  }
  /// The same for text without padding: it is copied first.
  template <class F>
  bool read_copy(std::string_view text, F&& visit) {
    return read(keep(text), std::forward<F>(visit));
  }

  bool failed() const { return document_.failed(); }
  /// "byte 17: …"
  const std::string& error() const { return document_.error(); }
  /// The last text had bytes that are not UTF-8.
  bool repaired() const { return repaired_; }

 private:
  bool begin(TokenIndex& index, std::string_view padded_text);
  bool finish();
  std::string_view keep(std::string_view text);

  Document document_;
  std::string copy_;
  bool repaired_ = false;
};

}  // namespace antiphon::inline v0::json
