#pragma once

#include <termios.h>

#include <atomic>
#include <csignal>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace antiphon::cli {

/// SIGINT (Ctrl-C) and SIGTERM for the whole program. Make it before any other thread is started.
///
/// While a `Watch` lives, the first signal requests its stop and a second one ends the program at once; without a
/// `Watch` the first one does. Ending gives 128 + the signal's number, and the terminal its modes back.
class Interrupts {
 public:
  Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts();

  /// The signal that came last; SIGINT when none did.
  int last_signal() const { return last_signal_; }

  /// Something is under way that can be stopped. One at a time.
  class Watch {
   public:
    explicit Watch(Interrupts& interrupts);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();
    std::stop_token token() const { return source_.get_token(); }

   private:
    Interrupts& interrupts_;
    std::stop_source source_;
  };

 private:
  void run();
  void on_signal(int number);

  std::optional<termios> modes_;
  int signals_;
  int quit_;
  std::atomic<int> last_signal_ = SIGINT;
  std::mutex mutex_;
  std::optional<std::stop_source> watched_;
  std::thread thread_;
};

}  // namespace antiphon::cli
