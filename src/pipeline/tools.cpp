#include "pipeline/tools.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/tool_function.hpp>

#include "core/ascii.hpp"
#include "core/utf8.hpp"
#include "json/check.hpp"
#include "pipeline/link_facts.hpp"
#include "pipeline/tool_jobs.hpp"
#include "pipeline/tool_output.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// One call of the model's, and what becomes of it.
class WantedCall {
 public:
  explicit WantedCall(Part wanted) : part(std::move(wanted)) {}

  Part part;
  const Tool* tool = nullptr;
  std::optional<ToolResult> result;

  void refuse(std::string why) { result = ToolResult::error(std::move(why)); }
};

std::string names_of(const std::vector<Tool>& tools) {
  std::string names;
  for (const Tool& tool : tools) {
    if (!tool.name().empty()) names += (names.empty() ? "" : ", ") + tool.name();
  }
  return names;
}

/// Why the arguments cannot be given to the tool; empty when they can.
std::string objection(const Tool& tool, const std::string& arguments) {
  if (const std::string fault = json::check(arguments); !fault.empty()) return "the arguments are not JSON: " + fault;
  if (!ascii::trim(arguments).starts_with('{')) return "the arguments are not a JSON object";
  const std::string wrong = tool.function()->objection(Json(arguments));
  return wrong.empty() ? wrong : "the arguments do not fit: " + wrong;
}

/// Whether something else than the model ended the answer: then its calls may be incomplete, and valid all the same.
bool was_cut(const Response& answer) {
  switch (answer.finish_reason()) {
    case FinishReason::length:
    case FinishReason::content_filter:
    case FinishReason::error:
      return true;
    case FinishReason::other: {
      // Servers' words for an answer that was given up, or is not ready.
      constexpr std::string_view words[] = {"abort", "in_progress", "incomplete", "queued", "steered"};
      return std::find(std::begin(words), std::end(words), answer.raw_finish_reason()) != std::end(words);
    }
    default:
      return false;
  }
}

/// As much of a text as may be sent.
std::string bounded(const std::string& text, std::size_t most) {
  if (text.size() <= most) return utf8::find_invalid(text) ? utf8::repair(text) : text;
  std::size_t length = most;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) --length;
  return utf8::repair(text.substr(0, length)) + "\n[cut: " + std::to_string(text.size() - length) + " more bytes]";
}

Part as_part(const WantedCall& call, std::size_t most_bytes) {
  const ToolResult& result = *call.result;
  if (result.parts().empty()) {
    return Part::tool_result(call.part.id(), bounded(result.text(), most_bytes), result.is_error(), call.part.name());
  }
  std::vector<Part> parts;
  for (const Part& part : result.parts()) {
    const bool text = part.kind() == PartKind::text;
    parts.push_back(text ? Part::text(bounded(part.text(), most_bytes)) : part);
  }
  return Part::tool_result(call.part.id(), std::move(parts), result.is_error(), call.part.name());
}

class Rounds {
 public:
  Rounds(Call& call, Track& track)
      : call_(call),
        track_(track),
        loop_(track.request->options().tool_loop().value_or(ToolLoop())),
        tools_(track.request->options().tools()) {
    codec::check_tool_loop(loop_);
    if (loop_.max_cost()) require_prices();
    call.counts_cost = call.counts_cost || loop_.max_cost();
    if (track.output) output_.emplace(*track.output);
  }

  const ToolLoop& loop() const { return loop_; }
  int step() const { return step_; }
  ChunkOutput* output() { return output_ ? &*output_ : nullptr; }

  /// The request of the next round.
  Request next_request() {
    ++step_;
    Request request = *track_.request;
    for (const Message& message : history_) request.messages().add(message);
    const bool must_answer = last_answer_ || (loop_.at_limit() == AtToolLimit::answer && step_ >= loop_.max_steps());
    if (must_answer) {
      request.options().tool_choice(ToolChoice::Kind::none);
    } else if (step_ > 1 && request.options().tool_choice() && is_forced(*request.options().tool_choice())) {
      request.options().tool_choice(ToolChoice::Kind::automatic);
    }
    last_answer_ = must_answer;
    return request;
  }

  /// The calls of an answer that are ours to run; empty when it is the last.
  std::vector<WantedCall> wanted(const Response& answer) const {
    std::vector<WantedCall> calls;
    for (const Part& part : answer.message().parts()) {
      if (part.kind() != PartKind::tool_call) continue;
      WantedCall& wanted = calls.emplace_back(part);
      wanted.tool = find(part.name());
      // The user's own to answer: with all its siblings, since an answer is sent back as a whole.
      if (wanted.tool && !wanted.tool->function()) return {};
    }
    const bool cut = was_cut(answer);
    for (WantedCall& wanted : calls) judge(wanted, cut);
    return calls;
  }

  /// The limit that these calls go beyond; empty for none.
  std::string limit_of(const std::vector<WantedCall>& calls) const {
    if (last_answer_ || step_ >= loop_.max_steps()) return limit_.empty() ? "tool_loop.max_steps" : limit_;
    if (calls_ + calls.size() > static_cast<std::size_t>(loop_.max_calls())) return "tool_loop.max_calls";
    if (loop_.max_time() && call_.scheduler.steady_now() - call_.started >= *loop_.max_time()) {
      return "tool_loop.max_time";
    }
    // What is not known may be anything.
    if (loop_.max_cost() && !(call_.spent < *loop_.max_cost())) return "tool_loop.max_cost";
    return {};
  }
  /// The model is to answer with what it has. False when that is not wanted, or did not help.
  bool ask_for_an_answer(const std::string& limit) {
    if (last_answer_ || loop_.at_limit() == AtToolLimit::fail) return false;
    last_answer_ = true;
    limit_ = limit;
    return true;
  }

  /// The answer of a round and the results of its calls become history.
  void add(const Response& answer, const std::vector<WantedCall>& calls) {
    calls_ += calls.size();
    count(answer.usage());
    call_.warnings.insert(call_.warnings.end(), answer.warnings().begin(), answer.warnings().end());
    history_.add(answer.message());
    if (output_) output_->next_round(usage_);
    std::size_t index = 0;
    for (const WantedCall& wanted : calls) {
      const Part part = as_part(wanted, loop_.max_result_bytes());
      Message message(Role::tool);
      history_.add(std::move(message.add(part)));
      if (!output_) continue;
      output_->push(Chunk::tool_result(index++, part));
      track_.delivered = true;
    }
    if (output_) output_->flush();
  }

  Outcome finished(Outcome answer) {
    if (output_) output_->finish();
    if (!history_.empty()) {
      count(answer->usage());
      complete(*answer);
    }
    return answer;
  }
  Outcome failed(Error error) {
    if (history_.empty()) return error;
    Response partial = error.partial() ? *error.partial() : Response();
    if (error.partial()) count(partial.usage());
    complete(partial);
    return error.partial(std::move(partial));
  }

 private:
  /// Without them no limit on what is spent can hold.
  void require_prices() const {
    for (const Link& link : call_.links) {
      if (can_be_billed(link, call_.scheduler.wall_now())) continue;
      throw codec::invalid("tool_loop.max_cost",
                           "the prices of " + link.name +
                               " are not known, so that this limit cannot be kept; a file that ANTIPHON_MODELS names "
                               "can say them");
    }
  }
  static bool is_forced(const ToolChoice& choice) {
    return choice.kind() == ToolChoice::Kind::required || choice.kind() == ToolChoice::Kind::named;
  }
  const Tool* find(const std::string& name) const {
    const auto found = std::find_if(tools_.begin(), tools_.end(),
                                    [&](const Tool& tool) { return tool.provider().empty() && tool.name() == name; });
    return found == tools_.end() ? nullptr : &*found;
  }
  void judge(WantedCall& wanted, bool cut) const {
    if (cut) return wanted.refuse("not run: the answer was cut, and this call may be incomplete");
    if (!wanted.tool) {
      return wanted.refuse("there is no tool \"" + wanted.part.name() + "\"; there are: " + names_of(tools_));
    }
    if (std::string why = objection(*wanted.tool, wanted.part.arguments()); !why.empty()) wanted.refuse(std::move(why));
  }
  void count(const Usage& usage) {
    if (rounds_++ == 0) {
      usage_ = usage;
    } else {
      usage_ += usage;
    }
  }
  void complete(Response& last) { last.usage(usage_).history(history_); }

  Call& call_;
  Track& track_;
  const ToolLoop loop_;
  const std::vector<Tool> tools_;
  std::optional<ToolOutput> output_;
  Messages history_;
  Usage usage_;
  std::size_t calls_ = 0;
  int rounds_ = 0;
  int step_ = 0;
  bool last_answer_ = false;
  std::string limit_;  ///< beyond which the last answer was asked for
};

void log(Call& call, const char* event, const WantedCall& wanted, int step) {
  if (!call.logging()) return;
  LogRecord record(LogLevel::debug, event);
  record.time(call.scheduler.wall_now()).field("tool", wanted.part.name()).field("step", std::to_string(step));
  if (wanted.result) record.field("failed", wanted.result->is_error() ? "true" : "false");
  call.log(record);
}

ToolCall as_call(const WantedCall& wanted, int step, std::stop_token token) {
  ToolCall call(wanted.part.id(), wanted.part.name(), Json(wanted.part.arguments()));
  return call.step(step).stop_token(std::move(token));
}

ToolResult ask(const std::function<Approval(const ToolCall&)>& approve, const ToolCall& call) {
  try {
    const Approval approval = approve(call);
    if (approval) return ToolResult("");
    return ToolResult::error(approval.reason().empty() ? "refused by the user" : "refused: " + approval.reason());
  } catch (...) {
    return ToolResult::error("refused: " + detail::thrown_by_tool().text());
  }
}

/// Those that still have no result.
std::vector<WantedCall*> open(std::vector<WantedCall>& calls) {
  std::vector<WantedCall*> left;
  for (WantedCall& wanted : calls) {
    if (!wanted.result) left.push_back(&wanted);
  }
  return left;
}

Task<bool> approve(Call& call, Track& track, const Rounds& rounds, std::vector<WantedCall>& calls) {
  const std::vector<WantedCall*> asked = open(calls);
  std::vector<ToolJob> jobs;
  for (const WantedCall* wanted : asked) {
    ToolJob job;
    job.run = [hook = rounds.loop().approve(), wanted, step = rounds.step()](std::stop_token token,
                                                                             detail::ToolDone done) {
      done(ask(hook, as_call(*wanted, step, std::move(token))));
    };
    jobs.push_back(std::move(job));
  }
  std::vector<ToolResult> results = co_await run_jobs(call, track.cancel, std::move(jobs), 1);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (results[i].is_error()) asked[i]->result = std::move(results[i]);
  }
  co_return true;
}

Task<bool> run(Call& call, Track& track, const Rounds& rounds, std::vector<WantedCall>& calls) {
  const std::vector<WantedCall*> started = open(calls);
  std::vector<ToolJob> jobs;
  for (const WantedCall* wanted : started) {
    log(call, "tool.start", *wanted, rounds.step());
    ToolJob job;
    job.run = [function = wanted->tool->function(), wanted, step = rounds.step()](std::stop_token token,
                                                                                  detail::ToolDone done) {
      function->call(std::make_shared<const ToolCall>(as_call(*wanted, step, std::move(token))), std::move(done));
    };
    job.timeout = wanted->tool->timeout() ? wanted->tool->timeout() : rounds.loop().tool_timeout();
    jobs.push_back(std::move(job));
  }
  std::vector<ToolResult> results = co_await run_jobs(call, track.cancel, std::move(jobs), rounds.loop().concurrency());
  for (std::size_t i = 0; i < started.size(); ++i) {
    started[i]->result = std::move(results[i]);
    log(call, "tool.end", *started[i], rounds.step());
  }
  co_return true;
}

Error beyond(const std::string& limit, Money spent) {
  std::string message = "the model goes on calling tools beyond this limit";
  if (limit == "tool_loop.max_cost") {
    message += spent.known() ? ": " + to_string(spent) + " are spent" : ", or may: not every answer says what it used";
  }
  return Error(ErrorKind::tool_limit, std::move(message)).where(limit);
}

}  // namespace

bool runs_tools(const Options& options) {
  return std::any_of(options.tools().begin(), options.tools().end(), [](const Tool& tool) { return tool.function(); });
}

Task<Outcome> tools(Call& call, Track& track, Next next) {
  const Options& options = track.request->options();
  if (options.n().value_or(1) > 1) {
    co_return Error(ErrorKind::invalid_request, "must be 1 where tools are run").where("n");
  }
  Rounds rounds(call, track);
  for (;;) {
    const Request request = rounds.next_request();
    Track round{.cancel = track.cancel, .output = rounds.output(), .request = &request};
    Outcome answer = co_await next(round);
    track.delivered = track.delivered || round.delivered;
    if (!answer) co_return rounds.failed(std::move(answer.error()));
    std::vector<WantedCall> calls = rounds.wanted(*answer);
    if (calls.empty()) co_return rounds.finished(std::move(answer));

    const std::string limit = rounds.limit_of(calls);
    if (!limit.empty()) {
      for (WantedCall& wanted : calls) wanted.refuse("not run: no more calls of tools are allowed");
    } else {
      if (rounds.loop().approve()) co_await approve(call, track, rounds, calls);
      co_await run(call, track, rounds, calls);
    }
    rounds.add(*answer, calls);
    if (track.cancel.reason()) co_return rounds.failed(*track.cancel.reason());
    if (!limit.empty() && !rounds.ask_for_an_answer(limit)) co_return rounds.failed(beyond(limit, call.spent));
  }
}

}  // namespace antiphon::inline v0::pipeline
