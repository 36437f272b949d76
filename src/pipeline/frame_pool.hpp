#pragma once

#include <cstddef>

namespace antiphon::inline v0::pipeline {

/// Memory of coroutine frames, kept for the next ones of the same thread. A call takes a dozen frames of up to 2 KB,
/// which is more than the C library keeps at hand. What is kept is bounded.
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
