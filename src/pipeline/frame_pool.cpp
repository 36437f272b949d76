#include "pipeline/frame_pool.hpp"

#include "core/pool.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

thread_local std::ptrdiff_t frames_held = 0;

}  // namespace

void* FramePool::take(std::size_t size) {
  void* const frame = Pool::take(size);
  ++frames_held;
  return frame;
}

void FramePool::give_back(void* frame, std::size_t size) noexcept {
  --frames_held;
  Pool::give_back(frame, size);
}

std::ptrdiff_t FramePool::held() { return frames_held; }

}  // namespace antiphon::inline v0::pipeline
