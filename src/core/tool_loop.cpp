#include <antiphon/tool_loop.hpp>

#include "core/hidden.hpp"

namespace antiphon::inline v0 {

struct ToolLoop::Body {
  std::optional<int> max_steps;
  std::optional<int> max_calls;
  std::optional<std::chrono::nanoseconds> max_time;
  std::optional<Money> max_cost;
  std::optional<AtToolLimit> at_limit;
  std::optional<int> concurrency;
  std::optional<std::chrono::nanoseconds> tool_timeout;
  std::optional<std::size_t> max_result_bytes;
  std::function<Approval(const ToolCall&)> approve;
};

template class detail::Hidden<ToolLoop::Body>;

ToolLoop& ToolLoop::max_steps(int value) & { return body_.edit().max_steps = value, *this; }
ToolLoop& ToolLoop::max_calls(int value) & { return body_.edit().max_calls = value, *this; }
ToolLoop& ToolLoop::max_time(std::chrono::nanoseconds value) & { return body_.edit().max_time = value, *this; }
ToolLoop& ToolLoop::max_cost(Money value) & { return body_.edit().max_cost = value, *this; }
ToolLoop& ToolLoop::at_limit(AtToolLimit value) & { return body_.edit().at_limit = value, *this; }
ToolLoop& ToolLoop::concurrency(int value) & { return body_.edit().concurrency = value, *this; }
ToolLoop& ToolLoop::tool_timeout(std::chrono::nanoseconds value) & { return body_.edit().tool_timeout = value, *this; }
ToolLoop& ToolLoop::max_result_bytes(std::size_t value) & { return body_.edit().max_result_bytes = value, *this; }

ToolLoop& ToolLoop::approve(std::function<Approval(const ToolCall&)> value) & {
  return body_.edit().approve = std::move(value), *this;
}

ToolLoop&& ToolLoop::approve(std::function<Approval(const ToolCall&)> value) && {
  return std::move(approve(std::move(value)));
}

int ToolLoop::max_steps() const { return body_.read().max_steps.value_or(20); }
int ToolLoop::max_calls() const { return body_.read().max_calls.value_or(200); }
const std::optional<std::chrono::nanoseconds>& ToolLoop::max_time() const { return body_.read().max_time; }
const std::optional<Money>& ToolLoop::max_cost() const { return body_.read().max_cost; }
AtToolLimit ToolLoop::at_limit() const { return body_.read().at_limit.value_or(AtToolLimit::fail); }
int ToolLoop::concurrency() const { return body_.read().concurrency.value_or(1); }
const std::optional<std::chrono::nanoseconds>& ToolLoop::tool_timeout() const { return body_.read().tool_timeout; }

std::size_t ToolLoop::max_result_bytes() const {
  return body_.read().max_result_bytes.value_or(std::size_t{256} << 10);
}

const std::function<Approval(const ToolCall&)>& ToolLoop::approve() const { return body_.read().approve; }

ToolLoop& ToolLoop::complete_with(const ToolLoop& defaults) & {
  const auto complete = [](auto& mine, const auto& theirs) {
    if (!mine) mine = theirs;
  };
  Body& mine = body_.edit();
  const Body& theirs = defaults.body_.read();
  complete(mine.max_steps, theirs.max_steps);
  complete(mine.max_calls, theirs.max_calls);
  complete(mine.max_time, theirs.max_time);
  complete(mine.max_cost, theirs.max_cost);
  complete(mine.at_limit, theirs.at_limit);
  complete(mine.concurrency, theirs.concurrency);
  complete(mine.tool_timeout, theirs.tool_timeout);
  complete(mine.max_result_bytes, theirs.max_result_bytes);
  complete(mine.approve, theirs.approve);
  return *this;
}

}  // namespace antiphon::inline v0
