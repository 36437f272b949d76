#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace antiphon::bench {

/// CPU microseconds that this process spends in `work`, user and system.
double cpu_us(const std::function<void()>& work);

/// The process that serves the contenders.
void served_by(pid_t process);

/// Resident memory of this process in KiB.
long resident_kib();

struct Contender {
  std::string name;
  /// Does the whole work once.
  std::function<void()> run;
  /// More than one thread of this process works at it.
  bool threads = false;
};

/// Runs the contenders in turn, several rounds after one that is not counted, and prints a row for each: median CPU
/// microseconds per unit, and the median of the ratios to each of the first `yardsticks`, pair by pair. In each round
/// all that work on one thread do so on one processor, in the next on the next: virtual ones are not equally fast. What
/// serves them has the others meanwhile: where the system puts it would double or halve what a client takes.
void compare(const std::string& title, double units, int rounds, std::size_t yardsticks,
             const std::vector<Contender>& contenders);

}  // namespace antiphon::bench
