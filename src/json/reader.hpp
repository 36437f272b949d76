#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <simdjson.h>

#include <antiphon/count.hpp>

#include "core/padding.hpp"

namespace antiphon::inline v0::json {

enum class Type { null, boolean, number, string, array, object };

class Reader;

/// A value inside the document that is being read. Each value is read once, in the order of the text; one that is not
/// read is skipped. When the text turns out not to be JSON, reads give nothing and `Reader::failed` says so.
class Value {
 public:
  Value(simdjson::ondemand::value value, Reader& reader) : value_(value), reader_(&reader) {}

  Type type();
  bool is_null() { return type() == Type::null; }

  /// The text of a string, escapes resolved, lone surrogates replaced by U+FFFD; lives as long as the document.
  /// Nothing for any other type.
  std::optional<std::string_view> string();
  /// A whole number: an integer, a float without a fraction (`12.0`), or one of these in a string. Unknown for
  /// anything else, numbers beyond 64 bits included.
  Count count();
  /// A number, or one in a string.
  std::optional<double> number();
  std::optional<bool> boolean();
  /// The value as its own bytes, checked to be JSON of bounded depth; nothing when it is not.
  std::optional<std::string_view> raw();

  /// Calls `field(std::string_view key, Value value)` for each member of an object, duplicates included, in order.
  /// False when this is no object, or the text broke off.
  template <class F>
  bool fields(F&& field);
  /// Calls `element(Value value)` for each element of an array.
  template <class F>
  bool elements(F&& element);

 private:
  simdjson::ondemand::value value_;
  Reader* reader_;
};

/// Reads JSON texts, one after the other, with memory that is used again.
///
/// Only what is visited is checked, so that a fault in a field that nobody needs breaks nothing; nesting is bounded.
/// Bytes that are not UTF-8 become U+FFFD, and `repaired` says so.
class Reader {
 public:
  /// Reads one text, whose root must be an object or an array; `visit(Value root)`. `json_padding` bytes behind the text
  /// must be readable. False when it is not JSON; `error` then says why.
  template <class F>
  bool read(std::string_view padded_text, F&& visit);
  /// The same for text without padding: it is copied first.
  template <class F>
  bool read_copy(std::string_view text, F&& visit);

  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }
  /// The last text had bytes that are not UTF-8.
  bool repaired() const { return repaired_; }

 private:
  friend class Value;
  simdjson::ondemand::parser parser_;
  std::string copy_;
  std::string error_;
  bool repaired_ = false;
};

/// Checks a whole text: valid JSON, UTF-8, nested at most `max_depth` deep. Empty when it is, else what is wrong and
/// where ("byte 17: …").
std::string check(std::string_view text, std::size_t max_depth = 256);

}  // namespace antiphon::inline v0::json
