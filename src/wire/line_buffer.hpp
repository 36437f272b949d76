#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/padding.hpp"

namespace antiphon::inline v0::wire {

/// Bytes that came and wait to be cut into lines. `json_padding` bytes behind them are readable.
class LineBuffer {
 public:
  static constexpr std::size_t npos = std::string_view::npos;

  void append(std::string_view bytes);
  /// What waits. Good until `append` or `clear`, even when consumed.
  std::string_view text() const { return {storage_.data() + begin_, end_ - begin_}; }
  void consume(std::size_t size) {
    begin_ += size;
    searched_ = searched_ > size ? searched_ - size : 0;
  }
  /// The first line feed in `text`, or `npos`. However often it is asked, each byte is looked at once.
  std::size_t find_line_feed() {
    const std::string_view waiting = text();
    searched_ = std::min(waiting.find('\n', searched_), waiting.size());
    return searched_ < waiting.size() ? searched_ : npos;
  }
  /// A part of `text` was, and no line feed is in it.
  bool was_searched() const { return searched_ != 0; }
  /// Also gives the memory back.
  void clear();

 private:
  std::string storage_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t searched_ = 0;  ///< no line feed is in this many bytes of `text`
};

}  // namespace antiphon::inline v0::wire
