#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace antiphon::inline v0::json {

/// A name or a word in a JSON text. Comparing it with a literal is a few instructions and no call, which counts where a
/// decoder asks for each field of each chunk of a stream which of a dozen it is.
class Name : public std::string_view {
 public:
  using std::string_view::string_view;
  constexpr Name(std::string_view text) : std::string_view(text) {}

  template <std::size_t N>
  friend bool operator==(Name name, const char (&literal)[N]) {
    constexpr std::size_t size = N - 1;
    return name.size() == size && std::memcmp(name.data(), literal, size) == 0;
  }
};

}  // namespace antiphon::inline v0::json
