#include "core/spare_text.hpp"

#include <array>
#include <cstddef>
#include <new>
#include <utility>

#include "core/at_thread_end.hpp"
#include "core/keeps_memory.hpp"

namespace antiphon::inline v0 {

namespace {

// Shorter ones are no trouble; longer ones are rare, and not to be kept for nothing.
constexpr std::size_t shortest_text = 256;
constexpr std::size_t longest_text = 16 * 1024;
constexpr std::size_t most_texts = 32;

struct KeptTexts {
  std::array<std::string, most_texts> texts;
  std::size_t count = 0;
};

// Of no type that is destroyed: static objects of the program may still ask for some when its thread is over.
thread_local KeptTexts* kept_texts = nullptr;
thread_local bool texts_are_over = false;

void free_texts() {
  texts_are_over = true;
  delete std::exchange(kept_texts, nullptr);
}

thread_local AtThreadEnd<free_texts> end_of_texts;

KeptTexts* make_kept_texts() noexcept {
  if (texts_are_over) return nullptr;
  end_of_texts.expect();
  return new (std::nothrow) KeptTexts;
}

}  // namespace

std::string SpareText::take() {
  if (!kept_texts || kept_texts->count == 0) return {};
  return std::move(kept_texts->texts[--kept_texts->count]);
}

void SpareText::give_back(std::string&& text) noexcept {
  const std::size_t size = text.capacity();
  if (!keeps_memory || size < shortest_text || size > longest_text) return;
  if (!kept_texts) kept_texts = make_kept_texts();
  if (!kept_texts || kept_texts->count == most_texts) return;
  text.clear();
  kept_texts->texts[kept_texts->count++] = std::move(text);
}

std::string SpareText::keep(std::string&& text) {
  if (!keeps_memory || text.capacity() > longest_text) return std::move(text);
  std::string copy(text);
  give_back(std::move(text));
  return copy;
}

}  // namespace antiphon::inline v0
