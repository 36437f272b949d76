#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon::inline v0::json {

/// Writes JSON straight into a string, compact, commas placed by itself.
///
///   Writer writer(out);
///   writer.begin_object().key("model").string(model).key("stream").boolean(true).end_object();
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  /// `name` is written as it is given: plain ASCII names of ours. `key_text` escapes.
  Writer& key(std::string_view name);
  Writer& key_text(std::string_view name);
  /// `name` is a JSON string as it is.
  Writer& raw_key(std::string_view name);
  /// Bytes that are not UTF-8 become U+FFFD.
  Writer& string(std::string_view text);
  Writer& integer(std::int64_t value);
  /// Shortest form that reads back the same. Not finite: `null`.
  Writer& number(double value);
  Writer& boolean(bool value);
  Writer& null();
  /// JSON as it is.
  Writer& raw(std::string_view json);

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  void separate();

  std::string& out_;
  bool comma_ = false;
};

/// Appends `text` as a JSON string with its quotes.
void append_string(std::string& out, std::string_view text);
std::string quoted(std::string_view text);

}  // namespace antiphon::inline v0::json
