#include "pipeline/frame_pool.hpp"

#include <array>
#include <new>
#include <utility>

namespace antiphon::inline v0::pipeline {

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool keeps = false;
#elif defined(__has_feature)
constexpr bool keeps = !__has_feature(address_sanitizer);
#else
constexpr bool keeps = true;
#endif

constexpr std::size_t step = 64;
constexpr std::size_t largest = 4096;
constexpr std::size_t most_kept_bytes = 256 * 1024;

/// Frames of one size that nobody uses.
struct Spare {
  Spare* next;
};

struct Kept {
  std::array<Spare*, largest / step> spares = {};
  std::size_t bytes = 0;
};

thread_local Kept kept;
thread_local std::ptrdiff_t frames_held = 0;

/// `kept` itself is never destroyed: static objects of the program may still give frames back.
class AtThreadEnd {
 public:
  ~AtThreadEnd() {
    for (Spare*& first : kept.spares) {
      while (Spare* spare = first) {
        first = spare->next;
        ::operator delete(spare);
      }
    }
    kept.bytes = most_kept_bytes;
  }
  void expect() { expected_ = true; }

 private:
  bool expected_ = false;
};

thread_local AtThreadEnd at_thread_end;

constexpr std::size_t index_of(std::size_t size) { return (size - 1) / step; }
constexpr std::size_t rounded(std::size_t size) { return (index_of(size) + 1) * step; }

void* take_uncounted(std::size_t size) {
  if (!keeps || size > largest) return ::operator new(size);
  Spare*& first = kept.spares[index_of(size)];
  if (!first) return ::operator new(rounded(size));
  kept.bytes -= rounded(size);
  return std::exchange(first, first->next);
}

}  // namespace

void* FramePool::take(std::size_t size) {
  void* frame = take_uncounted(size);
  ++frames_held;
  return frame;
}

void FramePool::give_back(void* frame, std::size_t size) noexcept {
  --frames_held;
  if (!keeps || size > largest || kept.bytes + rounded(size) > most_kept_bytes) return ::operator delete(frame);
  at_thread_end.expect();
  Spare*& first = kept.spares[index_of(size)];
  first = new (frame) Spare{first};
  kept.bytes += rounded(size);
}

std::ptrdiff_t FramePool::held() { return frames_held; }

}  // namespace antiphon::inline v0::pipeline
