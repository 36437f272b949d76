#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::json {

/// What is wrong with a text, and where.
struct Fault {
  std::size_t at;
  const char* what;
};

/// "byte 17: …"
std::string to_string(const Fault& fault);

/// No JSON may be nested deeper than this, whatever is asked for.
inline constexpr std::size_t greatest_depth = 1024;

/// The first place where `text` is not JSON (RFC 8259), not UTF-8, or nested deeper than `max_depth`.
std::optional<Fault> find_fault(std::string_view text, std::size_t max_depth = 256);

/// Checks a whole text: valid JSON, UTF-8, nested at most `max_depth` deep. Empty when it is, else what is wrong and
/// where ("byte 17: …").
std::string check(std::string_view text, std::size_t max_depth = 256);

/// Whether a text is one JSON object and nothing else.
bool is_object(std::string_view text);

}  // namespace antiphon::inline v0::json
