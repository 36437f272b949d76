#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace antiphon::inline v0 {

/// For a `Scheduler` of your own: timers ordered by time, then by when they were set. A heap that knows where each
/// timer stands, so that taking one back costs as little as setting it. Not thread-safe.
class TimerQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Id = std::uint64_t;

  /// The id is none that a timer had before, but for one of four billion.
  Id add(Time time, std::function<void()> task) {
    std::uint32_t slot;
    if (free_.empty()) {
      slot = static_cast<std::uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    Slot& s = slots_[slot];
    s.time = time;
    s.order = next_order_++;
    s.task = std::move(task);
    heap_.push_back(slot);
    up(heap_.size() - 1);
    return Id{s.generation} << 32 | slot;
  }

  /// One that was taken before is ignored.
  void cancel(Id id) noexcept {
    const auto slot = static_cast<std::uint32_t>(id);
    if (slot >= slots_.size() || slots_[slot].generation != id >> 32 || !slots_[slot].position) return;
    remove(slot);
  }

  /// When the earliest is due; nothing when there is none.
  std::optional<Time> next() const {
    if (heap_.empty()) return std::nullopt;
    return slots_[heap_.front()].time;
  }

  /// The earliest task whose time has come; nothing when none is due.
  std::optional<std::function<void()>> take_due(Time now) {
    if (heap_.empty() || slots_[heap_.front()].time > now) return std::nullopt;
    const std::uint32_t slot = heap_.front();
    std::function<void()> task = std::move(slots_[slot].task);
    remove(slot);
    return task;
  }

  bool empty() const { return heap_.empty(); }

 private:
  struct Slot {
    Time time;
    std::uint64_t order = 0;
    std::function<void()> task;
    std::uint32_t generation = 1;
    std::optional<std::size_t> position;
  };

  bool before(std::uint32_t a, std::uint32_t b) const {
    const Slot& x = slots_[a];
    const Slot& y = slots_[b];
    return x.time != y.time ? x.time < y.time : x.order < y.order;
  }

  void place(std::size_t position, std::uint32_t slot) {
    heap_[position] = slot;
    slots_[slot].position = position;
  }

  void up(std::size_t position) {
    const std::uint32_t slot = heap_[position];
    while (position > 0) {
      const std::size_t parent = (position - 1) / 2;
      if (!before(slot, heap_[parent])) break;
      place(position, heap_[parent]);
      position = parent;
    }
    place(position, slot);
  }

  void down(std::size_t position) {
    const std::uint32_t slot = heap_[position];
    for (;;) {
      std::size_t child = 2 * position + 1;
      if (child >= heap_.size()) break;
      if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
      if (!before(heap_[child], slot)) break;
      place(position, heap_[child]);
      position = child;
    }
    place(position, slot);
  }

  void remove(std::uint32_t slot) noexcept {
    Slot& s = slots_[slot];
    const std::size_t position = *s.position;
    s.position.reset();
    s.task = nullptr;
    ++s.generation;
    free_.push_back(slot);
    const std::uint32_t last = heap_.back();
    heap_.pop_back();
    if (last == slot) return;
    place(position, last);
    up(position);
    down(*slots_[last].position);
  }

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> heap_;
  std::vector<std::uint32_t> free_;
  std::uint64_t next_order_ = 0;
};

}  // namespace antiphon::inline v0
