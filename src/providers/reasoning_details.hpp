#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/json.hpp>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// Puts the `reasoning_details` of an answer together: they go back as they came, and pieces of a stream with one index
/// are one entry, whose texts are joined (providers.md, 6.6).
class ReasoningDetails {
 public:
  /// Takes the entries of an array. Gives about how many bytes it keeps of them.
  std::size_t add(json::Value array);
  bool empty() const { return entries_.empty(); }
  /// Entries in the order in which they began. One that came whole is its own bytes.
  Json as_array() const;

 private:
  struct Field {
    std::string name;
    std::string raw;  ///< of a text that may grow, empty
    std::string text;
  };
  struct Entry {
    std::optional<std::int64_t> index;
    std::string type;
    std::string raw;  ///< empty when it came in pieces
    std::vector<Field> fields;
  };

  Entry* find(const Entry& piece);
  static Entry read(json::Value value);
  static void join(Entry& entry, Entry piece);

  std::vector<Entry> entries_;
};

}  // namespace antiphon::inline v0::codec
