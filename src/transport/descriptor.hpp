#pragma once

#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace antiphon::inline v0::transport {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  /// Throws the error at hand, with `what` it was about, for the -1 of a system call that failed.
  Descriptor(int number, const char* what) : number_(number) {
    if (number < 0) throw std::system_error(errno, std::generic_category(), what);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }

  int number() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

}  // namespace antiphon::inline v0::transport
