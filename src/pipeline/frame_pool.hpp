#pragma once

#include <cstddef>

namespace antiphon::inline v0::pipeline {

/// The pool, for coroutine frames, which it counts: a call takes a dozen of up to 2 KB.
class FramePool {
 public:
  /// Throws `std::bad_alloc`.
  static void* take(std::size_t size);
  /// On any thread; `size` as it was taken.
  static void give_back(void* frame, std::size_t size) noexcept;
  /// How many frames this thread took and has not given back.
  static std::ptrdiff_t held();
};

}  // namespace antiphon::inline v0::pipeline
