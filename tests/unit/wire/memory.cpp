#include "unit/wire/memory.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

// clang's ThreadSanitizer brings these operators itself and takes no others: with it nothing is counted.
#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define ANTIPHON_OPERATORS_ARE_TAKEN
#endif
#endif

namespace {

std::size_t in_use = 0;
std::size_t peak = 0;

#ifndef ANTIPHON_OPERATORS_ARE_TAKEN
void* allocate(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  in_use += malloc_usable_size(memory);
  peak = std::max(peak, in_use);
  return memory;
}

void release(void* memory) {
  in_use -= malloc_usable_size(memory);
  std::free(memory);
}
#endif

}  // namespace

#ifndef ANTIPHON_OPERATORS_ARE_TAKEN
void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
#endif

namespace antiphon::test {

std::size_t memory_in_use() { return in_use; }

MemoryPeak::MemoryPeak() : before_(in_use) { peak = in_use; }

std::size_t MemoryPeak::bytes() const { return peak - before_; }

}  // namespace antiphon::test
