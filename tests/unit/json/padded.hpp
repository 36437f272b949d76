#pragma once

#include <algorithm>
#include <memory>
#include <string_view>

#include "core/padding.hpp"

namespace antiphon::test {

/// A text with exactly the padding that the reader may look at, so that a sanitizer sees every byte too many. The
/// padding looks like JSON that goes on.
class Padded {
 public:
  explicit Padded(std::string_view text, char padding = '}')
      : size_(text.size()), bytes_(new char[text.size() + json_padding]) {
    std::fill_n(std::copy(text.begin(), text.end(), bytes_.get()), json_padding, padding);
  }

  std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
};

}  // namespace antiphon::test
