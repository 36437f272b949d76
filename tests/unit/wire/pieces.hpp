#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/padding.hpp"

namespace antiphon::test {

/// Bytes as they might come from a socket, each piece in memory of its own that is gone after it was fed.
using Pieces = std::vector<std::string_view>;

/// Feeds all pieces, asks for all that is there after each, then ends. `take` turns what the decoder gives into
/// something that lasts.
template <class Decoder, class Take>
auto decode(Decoder& decoder, const Pieces& pieces, Take take) {
  std::vector<decltype(take(*decoder.next()))> results;
  const auto drain = [&] {
    while (const auto next = decoder.next()) results.push_back(take(*next));
  };
  for (const std::string_view piece : pieces) {
    const auto copy = std::make_unique<char[]>(piece.size());
    piece.copy(copy.get(), piece.size());
    decoder.feed({copy.get(), piece.size()});
    drain();
  }
  decoder.end();
  drain();
  return results;
}

/// Looks at all the padding, so that a sanitizer notices when it is not there.
inline std::size_t touch_padding(std::string_view text) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < json_padding; ++i) sum += static_cast<unsigned char>(text.data()[text.size() + i]);
  return sum;
}

inline Pieces in_pieces_of(std::string_view text, std::size_t size) {
  Pieces pieces;
  for (std::size_t at = 0; at < text.size(); at += size) pieces.push_back(text.substr(at, size));
  return pieces;
}

/// Whole, byte by byte, split at each offset, and, when it is short, at each pair of offsets. `test` gets the pieces.
template <class Test>
void for_each_split(std::string_view text, Test test) {
  constexpr std::size_t is_short = 120;
  test(Pieces{text});
  test(in_pieces_of(text, 1));
  for (std::size_t first = 0; first <= text.size(); ++first) {
    test(Pieces{text.substr(0, first), text.substr(first)});
    if (text.size() > is_short) continue;
    for (std::size_t second = first; second <= text.size(); ++second) {
      test(Pieces{text.substr(0, first), text.substr(first, second - first), text.substr(second)});
    }
  }
}

}  // namespace antiphon::test
