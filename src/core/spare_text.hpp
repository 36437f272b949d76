#pragma once

#include <string>

namespace antiphon::inline v0 {

/// Texts that are written and thrown away again and again, bodies of requests and answers above all, with the memory
/// that they had: what is larger than a kilobyte the C library does not keep at hand. Of each thread; what is kept is
/// bounded.
class SpareText {
 public:
  /// An empty one.
  static std::string take();
  static void give_back(std::string&& text) noexcept;
  /// The same text for somebody who keeps it, in memory of its own size.
  static std::string keep(std::string&& text);
};

}  // namespace antiphon::inline v0
