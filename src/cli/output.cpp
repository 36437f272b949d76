#include "output.hpp"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <system_error>

#include "terminal.hpp"

namespace antiphon::cli {
namespace {

/// 0 or the error number.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Somebody else, who shares this terminal or pipe, made it non-blocking.
      pollfd ready{descriptor, POLLOUT, 0};
      (void)::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

// There is one standard error, and loggers write to it from a thread of their own.
std::mutex error_mutex;
bool line_open = false;
// Standard output has written a part of a line to the terminal that standard error goes to as well.
std::atomic<bool> answer_line_open = false;

void close_line() {
  if (line_open) (void)write_all(STDERR_FILENO, "\n");
  line_open = false;
}

}  // namespace

Output::Output() : shares_terminal_(is_terminal(STDOUT_FILENO) && is_terminal(STDERR_FILENO)) {}

bool Output::write(std::string_view text) {
  if (closed_) return false;
  const int error = write_all(STDOUT_FILENO, text);
  if (shares_terminal_ && !text.empty()) answer_line_open = text.back() != '\n';
  if (error == 0) return true;
  if (error != EPIPE) throw std::system_error(error, std::generic_category(), "cannot write to standard output");
  closed_ = true;
  return false;
}

void say(std::string_view lines) {
  const std::lock_guard lock(error_mutex);
  if (answer_line_open.exchange(false)) line_open = true;
  close_line();
  (void)write_all(STDERR_FILENO, lines);
}

void say_piece(std::string_view piece, bool line_goes_on) {
  const std::lock_guard lock(error_mutex);
  (void)write_all(STDERR_FILENO, piece);
  line_open = line_goes_on;
}

void end_line() {
  const std::lock_guard lock(error_mutex);
  close_line();
}

}  // namespace antiphon::cli
