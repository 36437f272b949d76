#include "child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#include <string_view>
#include <system_error>
#include <utility>

namespace antiphon::cli {
namespace {

constexpr std::size_t most_error_text = 4096;
constexpr std::size_t read_size = 16384;
// What a program that has ended left in its pipes; one that it left behind may go on writing.
constexpr int most_last_reads = 64;

void check(int error, const std::string& what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(int number, const char* what) : number_(number) {
    if (number < 0) check(errno, what);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }
  int number() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  void without_blocking() const { ::fcntl(number_, F_SETFL, ::fcntl(number_, F_GETFL) | O_NONBLOCK); }

 private:
  int number_;
};

class Pipe {
 public:
  Pipe() : Pipe(make()) {}
  Descriptor read;
  Descriptor write;

 private:
  explicit Pipe(std::array<int, 2> ends) : read(ends[0], "pipe"), write(ends[1], "pipe") {}
  static std::array<int, 2> make() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) check(errno, "pipe");
    return ends;
  }
};

/// How a program is started: with signals as they are by default, which the program that starts it may have changed.
class Spawning {
 public:
  Spawning() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;
  ~Spawning() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  void as(int descriptor, int target) { ::posix_spawn_file_actions_adddup2(&actions_, descriptor, target); }

  pid_t start(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    pid_t process = -1;
    check(::posix_spawnp(&process, arguments[0], &actions_, &attributes_, arguments.data(), environ), command[0]);
    return process;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// Feeds a program and keeps what it says, until it has ended. What it started and left behind may hold its outputs
/// open.
class Talk {
 public:
  Talk(pid_t process, Pipe& in, Pipe& out, Pipe& err, std::string_view input, std::size_t most_output)
      : process_(process), in_(in.write), out_(out.read), err_(err.read), input_(input), most_output_(most_output) {
    for (const Descriptor* end : {&in_, &out_, &err_}) end->without_blocking();
    if (input_.empty()) in_.close();
  }

  void run(const std::stop_token& stop, ChildResult& result) {
    const Descriptor stopping(::eventfd(0, EFD_CLOEXEC), "eventfd");
    const std::stop_callback on_stop(stop, [&] { (void)::eventfd_write(stopping.number(), 1); });
    const Descriptor ended(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0)), "pidfd_open");
    for (bool over = false; !over;) {
      pollfd ready[] = {{stopping.number(), POLLIN, 0},
                        {in_.number(), POLLOUT, 0},
                        {out_.number(), POLLIN, 0},
                        {err_.number(), POLLIN, 0},
                        {ended.number(), POLLIN, 0}};
      if (::poll(ready, 5, -1) < 0) continue;
      over = ready[4].revents != 0;
      if (ready[0].revents) {
        result.stopped = true;
        ::kill(-process_, SIGKILL);
        return;
      }
      if (ready[1].revents) feed();
      // One read at a time, so that a stop is seen however fast the program writes.
      const int reads = over ? most_last_reads : 1;
      if (ready[2].revents || over) {
        take(out_, reads, [&](std::string_view text) { keep(result.out, text, most_output_, &result.lost); });
      }
      if (ready[3].revents || over) {
        take(err_, reads, [&](std::string_view text) { keep(result.err, text, most_error_text, nullptr); });
      }
    }
  }

 private:
  void feed() {
    const ssize_t written = ::write(in_.number(), input_.data(), input_.size());
    if (written > 0) input_.remove_prefix(static_cast<std::size_t>(written));
    const bool gone = written < 0 && errno != EAGAIN && errno != EINTR;
    if (input_.empty() || gone) in_.close();
  }
  static void take(Descriptor& from, int reads, const std::function<void(std::string_view)>& keep) {
    char buffer[read_size];
    while (reads-- > 0 && from.number() >= 0) {
      const ssize_t got = ::read(from.number(), buffer, sizeof buffer);
      if (got > 0) {
        keep(std::string_view(buffer, static_cast<std::size_t>(got)));
      } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
        from.close();
      } else {
        return;
      }
    }
  }
  static void keep(std::string& text, std::string_view more, std::size_t most, std::size_t* lost) {
    const std::size_t room = std::min(more.size(), most - text.size());
    text.append(more.substr(0, room));
    if (lost) *lost += more.size() - room;
  }

  pid_t process_;
  Descriptor& in_;
  Descriptor& out_;
  Descriptor& err_;
  std::string_view input_;
  std::size_t most_output_;
};

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) check(errno, "waitpid");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& command, std::string_view input, std::size_t most_output,
                      const std::stop_token& stop) {
  Pipe in;
  Pipe out;
  Pipe err;
  Spawning spawning;
  spawning.as(in.read.number(), STDIN_FILENO);
  spawning.as(out.write.number(), STDOUT_FILENO);
  spawning.as(err.write.number(), STDERR_FILENO);
  const pid_t process = spawning.start(command);
  in.read.close();
  out.write.close();
  err.write.close();
  ChildResult result;
  try {
    Talk(process, in, out, err, input, most_output).run(stop, result);
  } catch (...) {
    ::kill(-process, SIGKILL);
    wait_for(process);
    throw;
  }
  result.status = wait_for(process);
  return result;
}

}  // namespace antiphon::cli
