#include "measure.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace antiphon::bench {

namespace {

double microseconds(const timeval& time) {
  return 1e6 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec);
}

double cpu_now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::vector<double> ratios(const std::vector<double>& costs, const std::vector<double>& yardstick) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < costs.size(); ++i) ratios.push_back(costs[i] / yardstick[i]);
  return ratios;
}

cpu_set_t all_processors() {
  cpu_set_t all;
  if (sched_getaffinity(0, sizeof all, &all) != 0) CPU_ZERO(&all);
  return all;
}

/// The one whose turn it is in that round.
cpu_set_t one_processor(const cpu_set_t& all, int round) {
  int turn = CPU_COUNT(&all) > 0 ? round % CPU_COUNT(&all) : 0;
  cpu_set_t one;
  CPU_ZERO(&one);
  for (std::size_t processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (CPU_ISSET(processor, &all) && turn-- == 0) CPU_SET(processor, &one);
  }
  return one;
}

pid_t server = 0;

/// All threads of a process, and those that they start.
void put(pid_t process, const cpu_set_t& processors) {
  for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    (void)sched_setaffinity(std::stoi(thread.path().filename()), sizeof processors, &processors);
  }
}

/// This process there, its server elsewhere if that can be.
void run_on(const cpu_set_t& all, const cpu_set_t& processors) {
  put(getpid(), processors);
  cpu_set_t others;
  CPU_XOR(&others, &all, &processors);
  if (server != 0) put(server, CPU_COUNT(&others) > 0 ? others : all);
}

}  // namespace

double cpu_us(const std::function<void()>& work) {
  const double before = cpu_now();
  work();
  return cpu_now() - before;
}

void served_by(pid_t process) { server = process; }

long resident_kib() {
  std::ifstream statm("/proc/self/statm");
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE) / 1024;
}

void compare(const std::string& title, double units, int rounds, std::size_t yardsticks,
             const std::vector<Contender>& contenders) {
  std::vector<std::vector<double>> costs(contenders.size());
  const cpu_set_t all = all_processors();
  for (int round = -1; round < rounds; ++round) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      run_on(all, contenders[i].threads ? all : one_processor(all, round + 1));
      const double cost = cpu_us(contenders[i].run) / units;
      if (round >= 0) costs[i].push_back(cost);
    }
  }
  run_on(all, all);
  std::printf("\n%s\n", title.c_str());
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    std::printf("  %-36s %9.2f us", contenders[i].name.c_str(), median(costs[i]));
    for (std::size_t yardstick = 0; yardstick < yardsticks; ++yardstick) {
      std::printf("  x%.2f", median(ratios(costs[i], costs[yardstick])));
    }
    std::printf("\n");
  }
  std::fflush(stdout);
}

}  // namespace antiphon::bench
