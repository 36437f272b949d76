#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "core/padding.hpp"
#include "require.hpp"

/// Feeds a text in pieces of `size`, each in memory that is gone afterwards, and hands on what the decoder gives.
template <class Decoder, class Take>
void decode_in_pieces(Decoder& decoder, std::string_view text, std::size_t size, Take take) {
  const auto drain = [&] {
    while (const auto next = decoder.next()) take(*next);
  };
  for (std::size_t at = 0; at < text.size(); at += size) {
    const std::string_view piece = text.substr(at, size);
    const auto copy = std::make_unique<char[]>(piece.size());
    piece.copy(copy.get(), piece.size());
    decoder.feed({copy.get(), piece.size()});
    drain();
  }
  decoder.end();
  drain();
  require(!decoder.next());
}

/// Looks at the last byte of padding behind a text.
inline void touch_padding(std::string_view text) {
  [[maybe_unused]] const volatile char last = text.data()[text.size() + antiphon::json_padding - 1];
}
