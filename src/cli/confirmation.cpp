#include "confirmation.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <stop_token>
#include <string>

#include "output.hpp"
#include "terminal.hpp"

namespace antiphon::cli {
namespace {

class Terminal {
 public:
  Terminal() : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    // What was typed before the question is no answer to it.
    if (there()) ::tcflush(descriptor_, TCIFLUSH);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  bool there() const { return descriptor_ >= 0; }

  /// A line, or as much of it as came before the terminal was closed or a stop was requested.
  std::string read_line(const std::stop_token& stop) const {
    const int stopping = ::eventfd(0, EFD_CLOEXEC);
    std::string line;
    {
      const std::stop_callback on_stop(stop, [stopping] { (void)::eventfd_write(stopping, 1); });
      while (!line.ends_with('\n') && wait(stopping)) {
        char buffer[256];
        const ssize_t got = ::read(descriptor_, buffer, sizeof buffer);
        if (got == 0 || (got < 0 && errno != EINTR)) break;
        if (got > 0) line.append(buffer, static_cast<std::size_t>(got));
      }
    }
    ::close(stopping);
    return line;
  }

 private:
  bool wait(int stopping) const {
    pollfd ready[] = {{descriptor_, POLLIN, 0}, {stopping, POLLIN, 0}};
    while (::poll(ready, 2, -1) < 0) {
    }
    return ready[1].revents == 0;
  }

  int descriptor_;
};

}  // namespace

Approval confirm(const ToolCall& call) {
  const Terminal terminal;
  if (!terminal.there()) return Approval::refused("there is no terminal to ask the user at; --yes would allow it");
  const Style style(STDERR_FILENO);
  // The arguments are the model's: they must not steer the terminal.
  say(style.yellow("run") + " " + call.name() + " " + one_line(call.arguments().text()) + " ?\n");
  say_piece("[y/N] ", true);
  const std::string line = terminal.read_line(call.stop_token());
  end_line();
  return line.starts_with('y') || line.starts_with('Y');
}

}  // namespace antiphon::cli
