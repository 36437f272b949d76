#include "interrupts.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace antiphon::cli {
namespace {

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

int checked(int descriptor, const char* what) {
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
  return descriptor;
}

}  // namespace

Interrupts::Interrupts() {
  termios modes{};
  if (::tcgetattr(STDIN_FILENO, &modes) == 0) modes_ = modes;

  sigset_t set = handled_signals();
  // A shell that starts us in the background makes SIGINT ignored; who sends one all the same wants us to stop.
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  // Blocked here and in every later thread, the signals can only be read from the descriptor.
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = checked(::signalfd(-1, &set, SFD_CLOEXEC), "signalfd");
  quit_ = checked(::eventfd(0, EFD_CLOEXEC), "eventfd");
  thread_ = std::thread([this] { run(); });
}

Interrupts::~Interrupts() {
  (void)::eventfd_write(quit_, 1);
  thread_.join();
  ::close(signals_);
  ::close(quit_);
}

void Interrupts::run() {
  // Giving a terminal its modes back from the background must not stop us.
  sigset_t background;
  sigemptyset(&background);
  sigaddset(&background, SIGTTOU);
  ::pthread_sigmask(SIG_BLOCK, &background, nullptr);

  pollfd ready[] = {{signals_, POLLIN, 0}, {quit_, POLLIN, 0}};
  for (;;) {
    if (::poll(ready, 2, -1) < 0) continue;
    if (ready[1].revents) return;
    signalfd_siginfo info{};
    if (::read(signals_, &info, sizeof info) == sizeof info) on_signal(static_cast<int>(info.ssi_signo));
  }
}

void Interrupts::on_signal(int number) {
  last_signal_ = number;
  std::unique_lock lock(mutex_);
  if (watched_) {
    std::stop_source source = *watched_;
    lock.unlock();
    if (source.request_stop()) return;
  }
  if (modes_) ::tcsetattr(STDIN_FILENO, TCSANOW, &*modes_);
  ::_exit(128 + number);
}

Interrupts::Watch::Watch(Interrupts& interrupts) : interrupts_(interrupts) {
  std::lock_guard lock(interrupts_.mutex_);
  interrupts_.watched_ = source_;
}

Interrupts::Watch::~Watch() {
  std::lock_guard lock(interrupts_.mutex_);
  interrupts_.watched_.reset();
}

}  // namespace antiphon::cli
