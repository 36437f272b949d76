#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace antiphon::inline v0::json {

/// Finds where the tokens of a text begin: brackets, commas, colons outside of strings, and the first byte of each
/// string, number and literal. Uses the vector unit of the processor, through simdjson.
///
/// The memory that takes is the thread's, several times the text's, and lent for as long as the tokens are needed: a
/// thousand open streams need it once.
class TokenIndex {
 public:
  enum class Outcome { found, not_utf8, not_json };

  TokenIndex();
  ~TokenIndex();
  TokenIndex(const TokenIndex&) = delete;
  TokenIndex& operator=(const TokenIndex&) = delete;

  /// `json_padding` bytes behind the text must be readable. Two strings or values side by side are found as they are:
  /// only unfinished strings, control characters in them and bytes that are not UTF-8 are noticed here.
  Outcome find(std::string_view padded_text);

  /// Offsets of the tokens of the last text that was `found`; gone with this.
  const std::uint32_t* tokens() const { return tokens_; }
  std::uint32_t count() const { return count_; }

 private:
  struct Scanner;
  std::unique_ptr<Scanner> scanner_;
  const std::uint32_t* tokens_ = nullptr;
  std::uint32_t count_ = 0;
};

}  // namespace antiphon::inline v0::json
