#include "input.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "terminal.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

constexpr std::size_t largest_input = std::size_t{256} << 20;
constexpr std::size_t piece_size = std::size_t{64} << 10;

class File {
 public:
  explicit File(const std::string& path)
      : name_(path == "-" ? "standard input" : path),
        descriptor_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail(std::strerror(errno));
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
  }

  std::string read_all() const {
    std::string text;
    std::size_t used = 0;
    for (;;) {
      text.resize(used + piece_size);
      const ssize_t got = ::read(descriptor_, text.data() + used, piece_size);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail(std::strerror(errno));
      if (got == 0) break;
      used += static_cast<std::size_t>(got);
      if (used > largest_input) fail("larger than 256 MiB");
    }
    text.resize(used);
    return text;
  }

 private:
  [[noreturn]] void fail(const char* why) const { throw UsageError("cannot read " + name_ + ": " + why); }

  std::string name_;
  int descriptor_;
};

}  // namespace

std::string read_input(const std::string& path) { return File(path).read_all(); }

std::string read_file_or_pipe(const std::optional<std::string>& path) {
  if (path) return read_input(*path);
  if (standard_input_is_piped()) return read_input("-");
  throw UsageError("no FILE, and nothing on standard input");
}

}  // namespace antiphon::cli
