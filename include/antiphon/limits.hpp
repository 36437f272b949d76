#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace antiphon::inline v0 {

/// How much may be sent to one provider with one key. Calls that are over it wait their turn, first come, first
/// served, each at most until its deadline, or to `FallbackConfig::max_wait` beside another provider that is free;
/// cancelling ends the wait. Not set means no limit.
///
/// All providers of an engine that have the same base URL, key and limits share one allowance; those with other limits
/// have their own. A minute is any minute: a tenth of it may come at once, the rest evenly. Zero throws
/// `Error{invalid_config}` that names the field.
class Limits {
 public:
  /// Requests under way at the same time; a stream counts until its end.
  Limits& max_concurrent(std::int64_t value) { return max_concurrent_ = value, *this; }
  Limits& requests_per_minute(std::int64_t value) { return requests_per_minute_ = value, *this; }
  /// Prompt and answer together. A request takes what it probably needs (the length of its texts and tools, not of its
  /// images and files, and `max_tokens` when set), and what it really used is settled at its end.
  Limits& tokens_per_minute(std::int64_t value) { return tokens_per_minute_ = value, *this; }

  const std::optional<std::int64_t>& max_concurrent() const { return max_concurrent_; }
  const std::optional<std::int64_t>& requests_per_minute() const { return requests_per_minute_; }
  const std::optional<std::int64_t>& tokens_per_minute() const { return tokens_per_minute_; }

  friend auto operator<=>(const Limits&, const Limits&) = default;

 private:
  std::optional<std::int64_t> max_concurrent_;
  std::optional<std::int64_t> requests_per_minute_;
  std::optional<std::int64_t> tokens_per_minute_;
};

}  // namespace antiphon::inline v0
