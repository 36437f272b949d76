#include "transport/header_check.hpp"

#include <string>
#include <string_view>

#include "core/ascii.hpp"

namespace antiphon::inline v0::transport {

namespace {

/// Without leaving early, which is rare: so the compiler looks at many characters at once.
template <class... Chars>
bool has_any(std::string_view text, Chars... wanted) {
  bool has = false;
  for (const char c : text) has |= (... | (c == wanted));
  return has;
}

bool has_line_break(std::string_view text) { return has_any(text, '\r', '\n', '\0'); }

bool is_header_name(std::string_view name) { return !name.empty() && !has_any(name, ':', ' ', '\r', '\n', '\0'); }

/// Another length than the body's would make the server read it wrongly, and the next request too.
bool is_framing(std::string_view name) {
  constexpr std::string_view length = "content-length";
  constexpr std::string_view encoding = "transfer-encoding";
  if (name.size() != length.size() && name.size() != encoding.size()) return false;
  const std::string lower = ascii::to_lower(name);
  return lower == length || lower == encoding;
}

}  // namespace

std::optional<Error> unsendable_header(const HttpHeaders& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_header_name(name)) {
      return Error(ErrorKind::invalid_config, "not a header name: " + name).where("header");
    }
    if (is_framing(name)) {
      return Error(ErrorKind::invalid_config, "where the body ends is not for others to say").where("header " + name);
    }
    if (has_line_break(value)) {
      return Error(ErrorKind::invalid_config, "a header value must not hold a line break").where("header " + name);
    }
  }
  return std::nullopt;
}

}  // namespace antiphon::inline v0::transport
