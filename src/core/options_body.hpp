#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/options.hpp>

#include "core/hidden.hpp"

namespace antiphon::inline v0 {

struct Options::Body {
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<std::int64_t> top_k;
  std::optional<std::int64_t> max_tokens;
  std::vector<std::string> stop;
  std::optional<std::int64_t> seed;
  std::optional<double> presence_penalty;
  std::optional<double> frequency_penalty;
  std::optional<std::int64_t> logprobs;
  std::optional<std::int64_t> n;
  std::string user;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::optional<ResponseFormat> response_format;
  std::string reasoning_effort;
  std::vector<Tool> tools;
  std::optional<ToolLoop> tool_loop;
  std::optional<ToolChoice> tool_choice;
  std::optional<bool> parallel_tool_calls;
  std::vector<Part> attachments;
  std::optional<FetchPolicy> fetch_urls;
  std::optional<Continuation> continue_with;
  Timeouts timeouts;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::optional<std::chrono::nanoseconds> deadline_after;
  std::stop_token stop_token;
  std::vector<std::pair<std::string, Json>> named;
  std::vector<OwnOptions> own;
  std::vector<Json> extra;
  std::vector<std::pair<std::string, Json>> patches;
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<bool> strict;
  std::optional<bool> raw_events;
};

}  // namespace antiphon::inline v0
