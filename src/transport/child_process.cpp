#include "transport/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>
#include <string_view>

namespace antiphon::inline v0::transport {

namespace {

/// How its running came to an end.
enum class End { by_itself, asked_for, too_much };

void check(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

/// Starts it with signals as they are by default, and without our descriptors.
pid_t spawn(const std::vector<std::string>& command, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
#if __GLIBC_PREREQ(2, 34)
  // Sockets of libcurl's and of the program around us are not for it.
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
#endif
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_t process = -1;
  const int error = ::posix_spawnp(&process, words[0], &actions, &attributes, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  check(error, "start");
  return process;
}

/// Adds what can be read now. False when it is more than `most_bytes` in all.
bool take(Descriptor& output, std::string& text, std::size_t most_bytes) {
  // What it left running may write for ever: only so much at a time.
  char buffer[65536];
  const ssize_t got = ::read(output.number(), buffer, sizeof buffer);
  if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) output.close();
  if (got <= 0) return true;
  text.append(buffer, static_cast<std::size_t>(got));
  return text.size() <= most_bytes;
}

/// Reads until the program has ended; who holds its output open then does not matter.
End listen(const Descriptor& ending, const Descriptor& ended, Descriptor& output, std::string& text,
           std::size_t most_bytes) {
  for (;;) {
    pollfd ready[] = {{ending.number(), POLLIN, 0}, {output.number(), POLLIN, 0}, {ended.number(), POLLIN, 0}};
    if (::poll(ready, 3, -1) < 0) {
      if (errno == EINTR) continue;
      check(errno, "poll");
    }
    if (ready[0].revents != 0) return End::asked_for;
    if (ready[1].revents != 0 && !take(output, text, most_bytes)) return End::too_much;
    // Whatever it wrote fits into the pipe, 64 KiB, or was read before.
    if (ready[2].revents != 0) return take(output, text, most_bytes) ? End::by_itself : End::too_much;
  }
}

/// The status it ended with, 128 and more for a signal. 0 when the program around us has it waited for by another.
int status_of(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return 0;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Error not_started(const std::string& program, const std::system_error& error) {
  const int code = error.code().value();
  const bool lacks_something = code == EMFILE || code == ENFILE || code == ENOMEM || code == EAGAIN;
  return Error(lacks_something ? ErrorKind::internal : ErrorKind::invalid_config,
               program + " could not be started: " + error.code().message());
}

}  // namespace

ChildProcess::ChildProcess() : ending_(::eventfd(0, EFD_CLOEXEC), "eventfd") {}

void ChildProcess::end() noexcept { (void)::eventfd_write(ending_.number(), 1); }

Result<std::string> ChildProcess::run(const std::vector<std::string>& command, std::size_t most_bytes) {
  pid_t process = -1;
  std::string text;
  End end = End::asked_for;
  try {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) check(errno, "pipe");
    Descriptor output(ends[0], "pipe");
    Descriptor input(ends[1], "pipe");
    check(::fcntl(output.number(), F_SETFL, O_NONBLOCK) < 0 ? errno : 0, "fcntl");
    process = spawn(command, input.number());
    input.close();
    const int ended = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
    if (ended < 0 && errno == ESRCH) {
      // The program around us ignores its children: one that has ended is no more.
      end = take(output, text, most_bytes) ? End::by_itself : End::too_much;
    } else {
      end = listen(ending_, Descriptor(ended, "pidfd_open"), output, text, most_bytes);
    }
  } catch (const std::system_error& error) {
    if (process > 0) {
      ::kill(-process, SIGKILL);
      status_of(process);
    }
    return not_started(command[0], error);
  }
  if (end != End::by_itself) ::kill(-process, SIGKILL);
  const int status = status_of(process);
  if (end == End::asked_for) return Error(ErrorKind::cancelled, command[0] + " was ended");
  if (end == End::too_much) {
    return Error(ErrorKind::response_too_large,
                 command[0] + " wrote more than " + std::to_string(most_bytes) + " bytes");
  }
  if (status == 0) return text;
  return Error(ErrorKind::authentication, command[0] + " ended with the status " + std::to_string(status) +
                                              "; what it says on its standard error is not kept");
}

}  // namespace antiphon::inline v0::transport
