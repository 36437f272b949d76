// What is checked of calls that run tools.

#include <algorithm>
#include <charconv>
#include <utility>

#include "witness.hpp"

namespace antiphon::simulation {

namespace {

using Meaning = Reply::Meaning;

}  // namespace

const ExchangeRecord* Witness::who_called(int id, const std::string& tool_call) const {
  int number = -1;
  std::from_chars(tool_call.data() + 1, tool_call.data() + tool_call.size(), number);
  if (!tool_call.starts_with('c') || number < 0 || static_cast<std::size_t>(number) >= exchanges_.size())
    return nullptr;
  const ExchangeRecord& exchange = exchanges_[static_cast<std::size_t>(number)];
  const bool whole = exchange.ended || exchange.complete || exchange.finish_heard;
  return exchange.call == id && whole && exchange.reply.meaning == Meaning::good ? &exchange : nullptr;
}

/// Whoever spoke has said all; what may be tried again is a new answer.
void Witness::next_round(ExchangeRecord& exchange) {
  CallRecord& record = call(exchange.call);
  const bool begins_again = exchange.part == 0 && times(exchange.call) > 1;
  require(exchange.part == record.part + 1 || begins_again, "calls-answered", exchange.call,
          "round " + std::to_string(exchange.part) + " follows round " + std::to_string(record.part));
  record.part = exchange.part;
  record.voice.reset();
  record.cuts = 0;
}

void Witness::tool_runs(int id, const ToolCall& the_call) {
  CallRecord& record = call(id);
  const std::string& tool_call = the_call.id();
  const auto as_asked = [&](bool holds, const char* detail) {
    require(holds, "tool-as-asked", id, "tool " + tool_call + " " + detail);
  };
  const auto at_once = std::count_if(record.tools_run.begin(), record.tools_run.end(), [](const auto& run) {
    return !run.second.ended && !run.second.told_to_stop.stop_requested();
  });
  as_asked(record.tools_run.emplace(tool_call, ToolRun{now(), the_call.stop_token()}).second, "runs again");
  as_asked(!record.ended, "runs after the end");
  as_asked(!record.cancelled || now() <= *record.cancelled, "runs although nobody wants it any more");
  as_asked(!record.deadline || now() <= *record.deadline, "runs after the deadline");
  const ToolsPlan& plan = *record.plan.tools;
  require(at_once < plan.concurrency, "tools-at-once", id, std::to_string(at_once + 1) + " tools at the same time");
  as_asked(!plan.approves || record.approved.contains(tool_call), "runs without approval");
  const ExchangeRecord* asked = who_called(id, tool_call);
  as_asked(asked != nullptr, "was not asked for by a whole answer");
  if (!asked) return;
  const auto call = std::find_if(asked->reply.calls.begin(), asked->reply.calls.end(),
                                 [&](const Reply::ToolAsk& ask) { return ask.id == tool_call; });
  as_asked(call != asked->reply.calls.end() && call->fits, "runs although the call does not fit");
  const auto most = static_cast<std::size_t>(plan.max_calls) * static_cast<std::size_t>(times(id));
  require(record.tools_run.size() <= most, "tool-limit", id, std::to_string(record.tools_run.size()) + " tools ran");
  const bool late = plan.max_time && asked->ended && *asked->ended - *record.started >= *plan.max_time;
  require(!late, "tool-limit", id, "tool " + tool_call + " runs after the time for tools");
  if (!plan.max_cost) return;
  Spent spent = asked->spent_before;
  require((spent += cost_of(*asked)).is_below(*plan.max_cost), "tool-cost", id,
          "tool " + tool_call + " runs although " + std::to_string(spent.least) + " are spent");
}

/// Perhaps long after anybody waits for it.
void Witness::tool_ends(int id, const std::string& tool_call) {
  const CallRecord& record = call(id);
  ToolRun& run = call(id).tools_run.at(tool_call);
  run.ended = now();
  const auto& most = record.plan.tools->tool_timeout;
  require(!most || now() <= run.began + *most || run.told_to_stop.stop_requested(), "tool-timeout", id,
          "tool " + tool_call + " was not told to stop");
}

/// Of a tool that had to be waited for alone, by a reader who loses no time.
void Witness::check_result_in_time(int id, const std::string& tool_call) {
  const CallRecord& record = call(id);
  const auto run = record.tools_run.find(tool_call);
  const ExchangeRecord* asked = who_called(id, tool_call);
  if (!record.plan.tools->tool_timeout || run == record.tools_run.end() || !asked) return;
  if (asked->reply.calls.size() != 1 || !record.plan.reads_at_once()) return;
  require(now() <= run->second.began + *record.plan.tools->tool_timeout, "tool-timeout", id,
          "tool " + tool_call + " was waited for too long");
}

Spent Witness::cost_of(const ExchangeRecord& exchange) const {
  const auto& prices = link_of(exchange).prices;
  const Reply& reply = exchange.reply;
  if (!prices || !prices->complete() || !exchange.usage_heard || reply.used == 0) return {.known = false};
  return {.least =
              std::int64_t{reply.prompt} * *prices->input + std::int64_t{reply.used - reply.prompt} * *prices->output};
}

/// What the answers before it cost, as far as they are seen to count.
void Witness::check_cost(ExchangeRecord& exchange, const Asked& asked) {
  const auto& plan = call(exchange.call).plan.tools;
  if (!plan || !plan->max_cost) return;
  const auto within = [&](bool holds, const char* detail) { require(holds, "tool-cost", exchange.call, detail); };
  for (const RulePlan& rule : handle_of(exchange.call).links) {
    const auto& prices = plan_.links[rule.link].prices;
    within(prices && prices->complete(), "an attempt began although not every price is known");
  }
  bool was_over = false;
  for (const PastRound& round : asked.past) {
    within(!was_over, "a round began after the last answer");
    const ExchangeRecord* caller = round.calls.empty() ? nullptr : who_called(exchange.call, round.calls.front());
    if (caller) exchange.spent_before += cost_of(*caller);
    was_over = !exchange.spent_before.is_below(*plan->max_cost);
  }
  within(!was_over || plan->at_limit == AtToolLimit::answer, "a round began although too much is spent");
  within(!was_over || !exchange.offers_tools, "tools are offered although too much is spent");
}

/// It must have been reached.
void Witness::check_cost_limit(int id, const Error& error) {
  if (error.where() != "tool_loop.max_cost") return;
  const CallRecord& record = call(id);
  const std::vector<RulePlan>& links = handle_of(id).links;
  const bool priced = std::all_of(links.begin(), links.end(), [this](const RulePlan& rule) {
    const auto& prices = plan_.links[rule.link].prices;
    return prices && prices->complete();
  });
  if (error.kind() == ErrorKind::invalid_request) {
    return require(!priced && record.exchanges.empty(), "tool-cost", id, "it was refused although prices are known");
  }
  Spent most;
  for (const int number : record.exchanges) {
    // Of what failed more may have counted than can be seen.
    ExchangeRecord exchange = exchanges_[static_cast<std::size_t>(number)];
    // What was broken off before it told its usage, or its status, may have cost anything.
    const bool refused = exchange.status != 200 && exchange.status != 0;
    if (!refused && exchange.gave_up && !exchange.usage_heard) return;
    if (exchange.reply.meaning != Meaning::good && exchange.reply.used == 0) continue;
    exchange.usage_heard = true;
    most += cost_of(exchange);
  }
  require(!most.is_below(*record.plan.tools->max_cost), "tool-cost", id,
          "it ended although only " + std::to_string(most.least) + " are spent");
}

void Witness::check_rounds(const ExchangeRecord& exchange, const Asked& asked) {
  const CallRecord& record = call(exchange.call);
  int part = 0;
  for (const PastRound& round : asked.past) check_past_round(exchange.call, part++, round);
  if (!record.plan.tools) return;
  const ToolsPlan& plan = *record.plan.tools;
  require(exchange.part < plan.max_steps, "tool-limit", exchange.call, "a round began after the last");
  const bool must_answer = plan.at_limit == AtToolLimit::answer && exchange.part + 1 == plan.max_steps;
  require(!must_answer || !exchange.offers_tools, "tool-limit", exchange.call, "tools are offered in the last round");
}

/// The calls of one answer to this call, each with its result, in order.
void Witness::check_past_round(int id, int part, const PastRound& round) {
  const auto answered = [&](bool holds, const std::string& detail) {
    require(holds, "calls-answered", id, "round " + std::to_string(part) + ": " + detail);
  };
  answered(round.calls.size() == round.results.size(),
           std::to_string(round.results.size()) + " results for " + std::to_string(round.calls.size()) + " calls");
  const ExchangeRecord* caller = round.calls.empty() ? nullptr : who_called(id, round.calls.front());
  answered(caller && caller->part == part && caller->reply.calls.size() == round.calls.size(),
           "its calls are not those of one whole answer");
  if (!caller) return;
  const std::size_t pairs = std::min({round.calls.size(), round.results.size(), caller->reply.calls.size()});
  for (std::size_t i = 0; i < pairs; ++i) {
    const auto& [result_of, result] = round.results[i];
    answered(round.calls[i] == caller->reply.calls[i].id, "a call is missing");
    answered(result_of == round.calls[i], "call " + round.calls[i] + " has the result of " + result_of);
    if (!result.starts_with("did ")) continue;
    const auto run = call(id).tools_run.find(result_of);
    const bool ran = result == "did " + result_of && run != call(id).tools_run.end() && run->second.ended;
    answered(ran, "call " + result_of + " has the result: " + result);
    const auto& most = call(id).plan.tools->tool_timeout;
    require(!ran || !most || *run->second.ended <= run->second.began + *most, "tool-timeout", id,
            "the result of tool " + result_of + " counts although it took too long");
  }
}

/// The rounds before the last answer, as they were read.
void Witness::check_history(int id, const Response& answer) {
  const CallRecord& record = call(id);
  std::vector<PastRound> past;
  std::vector<std::string> texts;
  for (const Message& message : answer.history()) {
    if (message.role() == Role::assistant) {
      past.emplace_back();
      texts.push_back(message.content());
    }
    for (const Part& part : message.parts()) {
      if (past.empty()) continue;
      if (part.kind() == PartKind::tool_call) past.back().calls.push_back(part.id());
      if (part.kind() == PartKind::tool_result) past.back().results.emplace_back(part.id(), part.text());
    }
  }
  for (std::size_t i = 0; i < past.size(); ++i) check_past_round(id, static_cast<int>(i), past[i]);
  if (!record.plan.streams()) return;
  require(texts == record.rounds, "delivered-once", id, "what was read differs from the rounds of tools");
}

}  // namespace antiphon::simulation
