// Runs the pipeline against random trouble: antiphon_simulation [--runs N] [--seed S] [--trace]
//
// Each run has a seed of its own, counted up from S. Exit status 1 when something did not hold; the seed is printed,
// and
// --seed with --runs 1 replays it.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "plan.hpp"
#include "world.hpp"

namespace antiphon::simulation {
namespace {

struct Arguments {
  std::uint64_t runs = 20'000;
  std::uint64_t seed = 1;
  bool trace = false;
};

std::optional<std::uint64_t> to_number(const char* text) {
  std::uint64_t value = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<Arguments> parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--trace") {
      arguments.trace = true;
      continue;
    }
    const auto value = i + 1 < argc ? to_number(argv[++i]) : std::nullopt;
    if (!value || (name != "--runs" && name != "--seed")) return std::nullopt;
    (name == "--runs" ? arguments.runs : arguments.seed) = *value;
  }
  return arguments;
}

struct Ran {
  std::optional<Violation> violation;
  Width width;
};

Ran run(const Plan& plan, const std::set<int>& left_out, bool trace) {
  if (trace) describe(plan, std::cout);
  auto world = std::make_unique<World>(plan, left_out, trace ? &std::cout : nullptr);
  Ran ran{world->run(), world->width()};
  // What went wrong may go on doing so: such a world is not taken down.
  if (ran.violation) world.release();
  return ran;
}

/// Leaves out calls as long as the same thing goes wrong without them.
std::set<int> shrink(const Plan& plan, const Violation& violation) {
  std::set<int> left_out;
  for (int call = static_cast<int>(plan.calls.size()) - 1; call >= 0; --call) {
    left_out.insert(call);
    const auto still = run(plan, left_out, false).violation;
    if (!still || still->invariant != violation.invariant) left_out.erase(call);
  }
  return left_out;
}

void report(const Plan& plan, const Violation& violation) {
  std::cout << "seed " << plan.seed << ": " << violation.invariant << ": " << violation.detail << '\n';
  const std::set<int> left_out = shrink(plan, violation);
  std::cout << "it is enough that these calls are made:";
  for (int call = 0; call < static_cast<int>(plan.calls.size()); ++call) {
    if (!left_out.contains(call)) std::cout << ' ' << call;
  }
  std::cout << '\n';
  const auto smaller = run(plan, left_out, true).violation;
  if (smaller) std::cout << smaller->invariant << ": " << smaller->detail << '\n';
  std::cout << "replay: antiphon_simulation --seed " << plan.seed << " --runs 1 --trace" << std::endl;
}

}  // namespace
}  // namespace antiphon::simulation

int main(int argc, char** argv) {
  using namespace antiphon::simulation;
  const auto arguments = parse(argc, argv);
  if (!arguments) {
    std::cerr << "usage: antiphon_simulation [--runs N] [--seed S] [--trace]\n";
    return 2;
  }
  const auto started = std::chrono::steady_clock::now();
  std::uint64_t calls = 0;
  Width least{std::numeric_limits<int>::max(), std::numeric_limits<int>::max()};
  for (std::uint64_t i = 0; i < arguments->runs; ++i) {
    const Plan plan(arguments->seed + i);
    calls += plan.calls.size();
    const auto [violation, width] = run(plan, {}, arguments->trace);
    if (violation) {
      report(plan, *violation);
      return 1;
    }
    least.overlapping_calls = std::min(least.overlapping_calls, width.overlapping_calls);
    least.links = std::min(least.links, width.links);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  std::cout << arguments->runs << " runs from seed " << arguments->seed << ", " << calls << " calls, at least "
            << least.overlapping_calls << " of a run overlapping, on at least " << least.links << " links, "
            << took.count() << " s: every invariant held\n";
}
