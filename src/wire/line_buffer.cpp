#include "wire/line_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace antiphon::inline v0::wire {

void LineBuffer::append(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::size_t waiting = end_ - begin_;
  const bool full = end_ + bytes.size() + json_padding > storage_.size();
  // Moving the rest to the front costs no more than what was consumed before: never quadratic.
  if (waiting == 0 || (full && begin_ >= waiting)) {
    std::memmove(storage_.data(), storage_.data() + begin_, waiting);
    begin_ = 0;
    end_ = waiting;
  }
  const std::size_t needed = end_ + bytes.size() + json_padding;
  if (needed > storage_.size()) storage_.resize(std::max(needed, 2 * storage_.size()));
  std::memcpy(storage_.data() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

void LineBuffer::clear() {
  // An assigned empty string would keep the memory.
  std::string().swap(storage_);
  begin_ = end_ = searched_ = 0;
}

}  // namespace antiphon::inline v0::wire
