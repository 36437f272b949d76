#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <antiphon/tool.hpp>

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// A function of the user's that runs on another thread and gives a result, there or later.
struct ToolJob {
  std::function<void(std::stop_token, detail::ToolDone)> run;
  std::optional<std::chrono::nanoseconds> timeout = {};
};

/// Runs jobs where tools run, at most `concurrency` at the same time, and gives their results in the order of the jobs.
/// One that was cancelled, or took too long, has an error as its result. Ends when every job that was started has
/// returned: what its function refers to may be gone after the call.
Task<std::vector<ToolResult>> run_jobs(Call& call, CancelScope& cancel, std::vector<ToolJob> jobs, int concurrency);

/// Whether the function of a job of calls on this scheduler runs on this very thread.
bool is_in_job_of(const Scheduler& scheduler);

/// The functions that run on this very thread will not return, for the program ends in one of them. Their calls do not
/// wait for them any more.
void give_up_jobs_here();

}  // namespace antiphon::inline v0::pipeline
