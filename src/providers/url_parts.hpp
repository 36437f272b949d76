#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::codec {

/// The parts of an absolute `http` or `https` URL, as they stand in it.
struct UrlParts {
  std::string_view scheme;
  std::string_view authority;  ///< host, and port when there is one
  std::string_view path;       ///< empty or with its slash
  std::string_view query;      ///< without the question mark

  /// The host alone, without port and brackets.
  std::string_view host() const;
  /// What a client sends as `Host`: without the port when it is the scheme's own.
  std::string_view host_header() const;
  /// Whether the host is `localhost` or a loopback address, which only this machine hears.
  bool is_loopback() const;
};

/// Bytes of the `http://` or `https://` that a text begins with, however written; 0 when it does not.
std::size_t web_scheme_length(std::string_view text);

/// Nothing when it is none, holds a user name, or a character that no URL has.
std::optional<UrlParts> split_url(std::string_view url);

}  // namespace antiphon::inline v0::codec
