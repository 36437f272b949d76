#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace antiphon::inline v0 {

/// Memory that is taken and given back again and again, kept for the next one of the same thread: a call takes some
/// dozens of pieces, and with many calls in flight that is more than the C library keeps at hand. For what is given
/// back on the thread that took it, as a rule. What is kept is bounded.
class Pool {
 public:
  /// Throws `std::bad_alloc`.
  static void* take(std::size_t size);
  /// On any thread; `size` as it was taken.
  static void give_back(void* memory, std::size_t size) noexcept;
};

/// For a class whose objects are made one by one and live for a call.
struct Pooled {
  static void* operator new(std::size_t size) { return Pool::take(size); }
  static void operator delete(void* memory, std::size_t size) noexcept { Pool::give_back(memory, size); }
};

/// For containers that live for a call.
template <class T>
class PoolAllocator {
 public:
  using value_type = T;

  PoolAllocator() = default;
  template <class U>
  PoolAllocator(const PoolAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) { return static_cast<T*>(Pool::take(count * size)); }
  void deallocate(T* memory, std::size_t count) noexcept { Pool::give_back(memory, count * size); }

  template <class U>
  bool operator==(const PoolAllocator<U>&) const noexcept {
    return true;
  }

 private:
  static constexpr std::size_t size = sizeof(T);  // NOLINT(bugprone-sizeof-expression): of pointers too
};

/// `std::make_shared` out of the pool.
template <class T, class... Arguments>
std::shared_ptr<T> make_pooled(Arguments&&... arguments) {
  return std::allocate_shared<T>(PoolAllocator<T>(), std::forward<Arguments>(arguments)...);
}

}  // namespace antiphon::inline v0
