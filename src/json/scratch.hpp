#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace antiphon::inline v0::json {

/// Memory for many small texts that live equally long. What was taken never moves; the largest block is used again.
class Scratch {
 public:
  /// Room for `size` bytes, good until `clear`.
  char* room(std::size_t size) {
    if (size > left_) add_block(size);
    return at_;
  }
  /// Takes the first `size` bytes of the room given last.
  void take(std::size_t size) {
    at_ += size;
    left_ -= size;
  }
  void clear() {
    if (blocks_.empty()) return;
    blocks_.erase(blocks_.begin(), blocks_.end() - 1);
    at_ = blocks_.back().get();
    left_ = block_size_;
  }

 private:
  void add_block(std::size_t size) {
    block_size_ = std::max({size, 2 * block_size_, std::size_t{1024}});
    blocks_.push_back(std::unique_ptr<char[]>(new char[block_size_]));
    at_ = blocks_.back().get();
    left_ = block_size_;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_size_ = 0;
  char* at_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace antiphon::inline v0::json
