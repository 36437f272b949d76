#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/padding.hpp"

/// The bytes that the fuzzer gives: some choose how to test, the rest is the text.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  /// Zero when there is none left.
  unsigned choice() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// A text with exactly the padding that may be looked at: one byte more, and the sanitizer stops the program.
class PaddedText {
 public:
  PaddedText(std::string_view text, char padding)
      : size_(text.size()), bytes_(new char[text.size() + antiphon::json_padding]) {
    std::fill_n(std::copy(text.begin(), text.end(), bytes_.get()), antiphon::json_padding, padding);
  }
  std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
};
