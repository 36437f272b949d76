#pragma once

#include <cstddef>
#include <filesystem>

namespace antiphon::test {

inline std::size_t threads_of_this_process() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) count += entry.exists();
  return count;
}

}  // namespace antiphon::test
