#include "core/pool.hpp"

#include <array>
#include <new>
#include <utility>

#include "core/at_thread_end.hpp"
#include "core/keeps_memory.hpp"

namespace antiphon::inline v0 {

namespace {

constexpr std::size_t step = 64;
constexpr std::size_t largest = 4096;
constexpr std::size_t most_kept_bytes = 256 * 1024;

/// Pieces of one size that nobody uses.
struct Spare {
  Spare* next;
};

struct Kept {
  std::array<Spare*, largest / step> spares = {};
  std::size_t bytes = 0;
};

thread_local Kept kept;

/// `kept` itself is never destroyed: static objects of the program may still give some back.
void free_pieces() {
  for (Spare*& first : kept.spares) {
    while (Spare* spare = first) {
      first = spare->next;
      ::operator delete(spare);
    }
  }
  kept.bytes = most_kept_bytes;
}

thread_local AtThreadEnd<free_pieces> end_of_pieces;

// Nothing at all as well, which has no place among them.
constexpr bool is_large(std::size_t size) { return size - 1 >= largest; }
constexpr std::size_t index_of(std::size_t size) { return (size - 1) / step; }
constexpr std::size_t rounded(std::size_t size) { return (index_of(size) + 1) * step; }

}  // namespace

void* Pool::take(std::size_t size) {
  if (!keeps_memory || is_large(size)) return ::operator new(size);
  Spare*& first = kept.spares[index_of(size)];
  if (!first) return ::operator new(rounded(size));
  kept.bytes -= rounded(size);
  return std::exchange(first, first->next);
}

void Pool::give_back(void* memory, std::size_t size) noexcept {
  if (!keeps_memory || is_large(size) || kept.bytes + rounded(size) > most_kept_bytes) return ::operator delete(memory);
  end_of_pieces.expect();
  Spare*& first = kept.spares[index_of(size)];
  first = new (memory) Spare{first};
  kept.bytes += rounded(size);
}

}  // namespace antiphon::inline v0
