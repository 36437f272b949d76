#include "tool_flags.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <antiphon/error.hpp>
#include <antiphon/money.hpp>

#include "confirmation.hpp"
#include "flag_values.hpp"
#include "tool_file.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

Money read_cost(const std::string& typed) {
  try {
    const Money cost(typed);
    if (cost > Money::zero()) return cost;
  } catch (const Error&) {
    // Said below.
  }
  throw UsageError("--max-cost: expected dollars, such as 0.25, got \"" + typed + "\"");
}

}  // namespace

void ToolFlags::declare(CommandLine& line) {
  line.texts("--tool", files_, "FILE",
             "A tool that the model may call: JSON with name, description, parameters and the command to run");
  line.flag("-y,--yes", yes_, "Run tools without asking each time");
  line.integer("--max-steps", max_steps_, "N", "Most answers of the model while it calls tools (default: 20)");
  line.text("--max-cost", max_cost_, "DOLLARS",
            "Run no more tools when the answers have cost this; the prices of the models must be known");
}

void ToolFlags::apply(Options& options) const {
  if (files_.empty()) {
    if (yes_) throw UsageError("--yes: there is no --tool to be run");
    if (max_steps_) throw UsageError("--max-steps: there is no --tool to be run");
    if (max_cost_) throw UsageError("--max-cost: there is no --tool to be run");
    return;
  }
  std::set<std::string> names;
  std::set<std::string> unasked;
  for (const std::string& path : files_) {
    const ToolFile file(path);
    if (!names.insert(file.tool().name()).second) {
      throw UsageError("--tool " + path + ": there is another tool \"" + file.tool().name() + "\"");
    }
    if (yes_ || !file.confirm()) unasked.insert(file.tool().name());
    options.tools(file.tool());
  }
  ToolLoop loop;
  if (max_steps_) loop.max_steps(count_of("--max-steps", *max_steps_));
  if (max_cost_) loop.max_cost(read_cost(*max_cost_));
  loop.approve(
      [unasked](const ToolCall& call) { return unasked.contains(call.name()) ? Approval(true) : confirm(call); });
  options.tool_loop(std::move(loop));
}

}  // namespace antiphon::cli
