#include "program.hpp"
#include "support/places.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace antiphon::cli_test {
namespace {

std::chrono::steady_clock::time_point end_of(std::chrono::seconds patience) {
  return std::chrono::steady_clock::now() + patience;
}

int milliseconds_until(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

std::map<std::string, std::string> base_environment() {
  std::map<std::string, std::string> environment{{"HOME", "/nonexistent"}, {"TERM", "xterm"}};
  for (const char* name : {"PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) environment[name] = value;
  }
  return environment;
}

/// Arrays for exec, which wants pointers that may be written to.
class Pointers {
 public:
  explicit Pointers(std::vector<std::string> texts) : texts_(std::move(texts)) {
    for (std::string& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
  }
  char* const* get() { return pointers_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

std::vector<std::string> joined(const std::map<std::string, std::string>& environment) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : environment) texts.push_back(name + "=" + value);
  return texts;
}

struct Pipe {
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  }
  int ends[2];
};

int exit_status(pid_t pid) {
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid) throw std::runtime_error("waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Ends a program that a failed test left behind.
void put_down(pid_t pid) {
  if (pid <= 0) return;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

/// Readable once the process has ended.
struct ProcessHandle {
  explicit ProcessHandle(pid_t pid) : descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {
    if (descriptor < 0) throw std::runtime_error("pidfd_open");
  }
  ProcessHandle(const ProcessHandle&) = delete;
  ProcessHandle& operator=(const ProcessHandle&) = delete;
  ~ProcessHandle() { ::close(descriptor); }
  int descriptor;
};

void close_once(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory()
    : path_((std::filesystem::temp_directory_path() / "antiphon-XXXXXX").string()) {
  if (!::mkdtemp(path_.data())) throw std::runtime_error("mkdtemp");
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::file(const std::string& name, std::string_view content) const {
  std::string path = path_ + "/" + name;
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
  return path;
}

Program::Program(std::vector<std::string> arguments)
    : arguments_(std::move(arguments)), environment_(base_environment()) {
  arguments_.insert(arguments_.begin(), test::program_path("antiphon"));
}

Program Program::shell(const std::string& script) {
  Program program({});
  program.environment("ANTIPHON", program.arguments_.front());
  program.arguments_ = {"/bin/sh", "-c", script};
  return program;
}

Program& Program::environment(const std::string& name, const std::string& value) {
  return environment_[name] = value, *this;
}

Program& Program::input(std::string text) { return input_ = std::move(text), has_input_ = true, *this; }
Program& Program::patience(std::chrono::seconds value) { return patience_ = value, *this; }
Program& Program::without_output() { return without_output_ = true, *this; }
Program& Program::output_to(std::string path) { return output_path_ = std::move(path), *this; }

Ended Program::run() const { return Running(*this).finish(); }

Running::Running(const Program& program) : patience_(program.patience_) {
  Pipe in, out, err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (program.has_input_) {
    posix_spawn_file_actions_adddup2(&actions, in.ends[0], 0);
  } else {
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  }
  if (program.without_output_) {
    posix_spawn_file_actions_addclose(&actions, 1);
  } else if (!program.output_path_.empty()) {
    posix_spawn_file_actions_addopen(&actions, 1, program.output_path_.c_str(), O_WRONLY, 0);
  } else {
    posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
  }
  posix_spawn_file_actions_adddup2(&actions, err.ends[1], 2);
  const int failed = ::posix_spawn(&pid_, program.arguments_.front().c_str(), &actions, nullptr,
                                   Pointers(program.arguments_).get(), Pointers(joined(program.environment_)).get());
  posix_spawn_file_actions_destroy(&actions);
  // Fits into the pipe, so that it cannot block.
  const bool written =
      ::write(in.ends[1], program.input_.data(), program.input_.size()) == static_cast<ssize_t>(program.input_.size());
  for (int end : {in.ends[0], in.ends[1], out.ends[1], err.ends[1]}) ::close(end);
  out_descriptor_ = out.ends[0];
  err_descriptor_ = err.ends[0];
  if (failed) throw std::runtime_error("cannot start " + program.arguments_.front());
  if (!written) throw std::runtime_error("input too long for this test");
}

Running::~Running() {
  put_down(pid_);
  close_once(out_descriptor_);
  close_once(err_descriptor_);
}

bool Running::read_some(std::chrono::steady_clock::time_point deadline) {
  pollfd ready[] = {{out_descriptor_, POLLIN, 0}, {err_descriptor_, POLLIN, 0}};
  if (ready[0].fd < 0 && ready[1].fd < 0) return false;
  if (::poll(ready, 2, milliseconds_until(deadline)) <= 0) {
    throw std::runtime_error("nothing more came; so far on stdout:\n" + out_ + "\non stderr:\n" + err_);
  }
  char piece[65536];
  for (int i = 0; i < 2; ++i) {
    if (!ready[i].revents) continue;
    const ssize_t got = ::read(ready[i].fd, piece, sizeof piece);
    if (got > 0) (i == 0 ? out_ : err_).append(piece, static_cast<std::size_t>(got));
    if (got <= 0) close_once(i == 0 ? out_descriptor_ : err_descriptor_);
  }
  return true;
}

void Running::wait_for(const std::string& where, std::string_view text) {
  const auto deadline = end_of(patience_);
  while (where.find(text) == std::string::npos) {
    if (!read_some(deadline)) {
      throw std::runtime_error("ended without \"" + std::string(text) + "\"; stdout:\n" + out_ + "\nstderr:\n" + err_);
    }
  }
}

void Running::wait_for_output(std::string_view text) { wait_for(out_, text); }
void Running::wait_for_error(std::string_view text) { wait_for(err_, text); }
void Running::signal(int number) const { ::kill(pid_, number); }
void Running::close_output() { close_once(out_descriptor_); }

void Running::wait_until_stuck() const {
  const auto deadline = end_of(patience_);
  const int size = ::fcntl(out_descriptor_, F_GETPIPE_SZ);
  for (int waiting = 0; waiting < size;) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("standard output does not fill");
    ::ioctl(out_descriptor_, FIONREAD, &waiting);
    ::sched_yield();
  }
}

void Running::wait_for_end() const {
  const ProcessHandle process(pid_);
  pollfd ready{process.descriptor, POLLIN, 0};
  if (::poll(&ready, 1, milliseconds_until(end_of(patience_))) <= 0) throw std::runtime_error("does not end");
}

Ended Running::finish() {
  const auto deadline = end_of(patience_);
  while (read_some(deadline)) {
  }
  Ended ended{exit_status(pid_), out_, err_};
  pid_ = -1;
  return ended;
}

OnTerminal::OnTerminal(const Program& program) : patience_(program.patience_) {
  char name[256];
  winsize size{24, 100, 0, 0};
  int master = -1;
  int slave = -1;
  if (::openpty(&master, &slave, name, nullptr, &size) != 0) throw std::runtime_error("openpty");
  Pointers arguments(program.arguments_);
  Pointers environment(joined(program.environment_));
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(master);
    if (::login_tty(slave) != 0) ::_exit(126);
    ::execve(arguments.get()[0], arguments.get(), environment.get());
    ::_exit(127);
  }
  terminal_ = master;
  slave_ = slave;
}

OnTerminal::~OnTerminal() {
  put_down(pid_);
  close_once(terminal_);
  close_once(slave_);
}

bool OnTerminal::read_some(std::chrono::steady_clock::time_point deadline) {
  pollfd ready{terminal_, POLLIN, 0};
  if (::poll(&ready, 1, milliseconds_until(deadline)) <= 0) {
    throw std::runtime_error("nothing more was shown; so far:\n" + screen_);
  }
  char piece[65536];
  const ssize_t got = ::read(terminal_, piece, sizeof piece);
  if (got <= 0) return false;
  screen_.append(piece, static_cast<std::size_t>(got));
  return true;
}

void OnTerminal::wait_for(std::string_view text) {
  const auto deadline = end_of(patience_);
  std::size_t at;
  while ((at = screen_.find(text, seen_)) == std::string::npos) {
    if (!read_some(deadline)) throw std::runtime_error("ended without \"" + std::string(text) + "\":\n" + screen_);
  }
  seen_ = at + text.size();
}

void OnTerminal::type(std::string_view keys) const {
  if (::write(terminal_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) {
    throw std::runtime_error("cannot type");
  }
}

void OnTerminal::signal(int number) const { ::kill(pid_, number); }

bool OnTerminal::cooked() const {
  termios modes{};
  if (::tcgetattr(slave_, &modes) != 0) throw std::runtime_error("tcgetattr");
  return (modes.c_lflag & ICANON) && (modes.c_lflag & ECHO) && (modes.c_lflag & ISIG);
}

int OnTerminal::finish() {
  // We hold the terminal open ourselves, so that its end tells nothing; what is shown must be read all the same.
  const ProcessHandle process(pid_);
  const auto deadline = end_of(patience_);
  pollfd ready[] = {{terminal_, POLLIN, 0}, {process.descriptor, POLLIN, 0}};
  while (!ready[1].revents) {
    if (::poll(ready, 2, milliseconds_until(deadline)) <= 0) throw std::runtime_error("does not end:\n" + screen_);
    if (ready[0].revents) read_some(deadline);
  }
  const int status = exit_status(pid_);
  pid_ = -1;
  return status;
}

}  // namespace antiphon::cli_test
