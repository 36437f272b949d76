#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace antiphon::inline v0::wire {

/// The number whose bytes a text begins with; it must have them all. To the compiler that is a single load, which it
/// does not see in a loop.
template <class Number>
constexpr Number big_endian(std::string_view bytes) {
  constexpr std::size_t size = sizeof(Number);
  return [data = bytes.data()]<std::size_t... at>(std::index_sequence<at...>) {
    return static_cast<Number>(((std::uint64_t{static_cast<unsigned char>(data[at])} << 8 * (size - 1 - at)) | ...));
  }(std::make_index_sequence<size>());
}

}  // namespace antiphon::inline v0::wire
