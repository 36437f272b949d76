#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon::inline v0::simulator {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Of ASCII; every other as it is.
char lower(char c);
bool same_ignoring_case(std::string_view a, std::string_view b);
bool ends_with(std::string_view text, std::string_view end);
std::string lower_case(std::string_view text);
std::string_view trim(std::string_view text);

/// Letters and digits of ASCII, and those in `more`.
bool has_only(std::string_view text, std::string_view more);
/// 1 to `longest` letters, digits, `_` and `-`: what most providers take as the name of a tool.
bool is_plain_name(std::string_view name, std::size_t longest = 64);

/// First header of that name; null when there is none.
const std::string* find_header(const Headers& headers, std::string_view name);

/// Value of `name` in a query string, percent-decoded.
std::optional<std::string> query_value(std::string_view target, std::string_view name);

/// `250ms`, `1m30s`, `1.5h`.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// `2026-02-02T02:40:00`, in UTC and without its mark.
std::string rfc3339(std::int64_t seconds_since_1970);

/// `%2F` and the like as what they stand for.
std::string percent_decoded(std::string_view text);

/// A number in its shortest form, without exponent: `34.4`.
std::string short_decimal(double number);

/// A whole number and nothing else.
std::optional<std::uint64_t> parse_number(std::string_view text, int base = 10);

std::string encode_base64(std::string_view bytes);
/// Standard alphabet with padding; nothing for anything else.
std::optional<std::string> decode_base64(std::string_view text);

bool is_utf8(std::string_view text);
/// At most `bytes` of the text, cut between characters.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);

std::string joined(const std::vector<std::string>& pieces);

/// Cuts a text into what a model would send one by one: words with the white space before them, long ones in parts,
/// never inside a character.
std::vector<std::string> split_into_pieces(std::string_view text);

/// FNV-1a, to make answers from requests.
std::uint64_t hash(std::string_view text, std::uint64_t seed = 0);

/// The log probability that models of the simulator give to a piece: its bytes decide, so that the same text gives the
/// same.
double log_probability_of(std::string_view piece);

/// Random numbers that are the same everywhere (SplitMix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// 0 to `limit` - 1.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }

 private:
  std::uint64_t state_;
};

/// Letters and digits, for ids.
std::string random_name(Random& random, std::size_t length);

}  // namespace antiphon::inline v0::simulator
