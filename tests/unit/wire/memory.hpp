#pragma once

#include <cstddef>

namespace antiphon::test {

/// Bytes from `new` that are in use now; counted as in `MemoryPeak`.
std::size_t memory_in_use();

/// How much more memory from `new` was in use at once than when this was made. The program that uses it counts all
/// of its `new` and `delete`; one thread only.
class MemoryPeak {
 public:
  MemoryPeak();
  std::size_t bytes() const;

 private:
  std::size_t before_;
};

}  // namespace antiphon::test
