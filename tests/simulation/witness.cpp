#include "witness.hpp"

#include <algorithm>
#include <utility>

namespace antiphon::simulation {

namespace {

using namespace std::chrono_literals;
using Meaning = Reply::Meaning;

}  // namespace

Witness::Witness(const Plan& plan, Scheduler& scheduler)
    : plan_(plan), scheduler_(scheduler), watches_(plan.links.size()) {
  const auto first_like = [&](std::size_t link, auto like) {
    std::size_t first = 0;
    while (first != link && !like(plan.links[first])) ++first;
    return first;
  };
  for (std::size_t i = 0; i < plan.links.size(); ++i) {
    const LinkPlan& link = plan.links[i];
    // A model of the user's own is one provider, and so are credentials that nobody sees.
    const bool alone =
        plan.endpoints[link.endpoint].protocol == EndpointPlan::Protocol::model || link.credentials != Credentials::key;
    const auto same_provider = [&](const LinkPlan& other) {
      return !alone && other.endpoint == link.endpoint && other.credentials == Credentials::key &&
             other.has_key == link.has_key;
    };
    shared_.push_back(first_like(i, same_provider));
    groups_.push_back(
        first_like(i, [&](const LinkPlan& other) { return same_provider(other) && other.limits == link.limits; }));
  }
}

void Witness::fail(std::string invariant, std::string detail) {
  if (!violation_) violation_ = Violation{std::move(invariant), std::move(detail)};
}

void Witness::require(bool holds, const char* invariant, int call, const std::string& detail) {
  if (!holds) fail(invariant, "call " + std::to_string(call) + ": " + detail);
}

int Witness::add(const CallPlan& plan) {
  calls_.push_back(CallRecord{plan});
  return static_cast<int>(calls_.size()) - 1;
}

bool Witness::asks_again(int call, std::size_t link) {
  // Layers see no embeddings.
  if (this->call(call).plan.embeds()) return false;
  return handle_of(call).meddling == Meddling::asks_again || plan_.links[link].meddling == Meddling::asks_again;
}

int Witness::times(int call) {
  const HandlePlan& handle = handle_of(call);
  const auto once_more = [](Meddling meddling) { return meddling == Meddling::asks_again ? 2 : 1; };
  const LinkPlan& first = plan_.links[handle.links.front().link];
  // Without a fallback, what the link has is the handle's.
  return once_more(handle.meddling) * (handle.is_fallback ? 1 : once_more(first.meddling));
}

const ExchangeRecord* Witness::previous(const ExchangeRecord& exchange) const {
  const ExchangeRecord* found = nullptr;
  for (const int id : calls_[static_cast<std::size_t>(exchange.call)].exchanges) {
    const ExchangeRecord& other = exchanges_[static_cast<std::size_t>(id)];
    if (id != exchange.id && other.link == exchange.link && other.is_for(exchange.said, exchange.part)) found = &other;
  }
  return found;
}

// The user's side.

void Witness::starts(int id) {
  CallRecord& record = call(id);
  record.started = now();
  if (record.plan.deadline) record.deadline = now() + std::max<Duration>(*record.plan.deadline, 0s);
  for (CallRecord& other : calls_) {
    if (&other == &record || !other.started || other.ended || other.results != 0) continue;
    other.overlaps = record.overlaps = true;
  }
}

void Witness::cancels(int id) {
  CallRecord& record = call(id);
  if (record.started && !record.ended && !record.cancelled) record.cancelled = now();
}

void Witness::engine_ends() {
  for (std::size_t i = 0; i < calls_.size(); ++i) cancels(static_cast<int>(i));
}

void Witness::reads(int id, const Chunk& chunk) {
  CallRecord& record = call(id);
  require(record.results == 0, "one-end", id, "a chunk came after the end");
  require(!record.left, "one-end", id, "a chunk came after its reader had left");
  if (chunk.kind() == ChunkKind::tool_result && !record.reads_results) {
    if (!record.meddled) check_voices(id, record.text, true);
    record.rounds.push_back(std::exchange(record.text, {}));
    record.joints.clear();
  }
  record.reads_results = chunk.kind() == ChunkKind::tool_result;
  if (record.reads_results && chunk.part()) check_result_in_time(id, chunk.part()->id());
  if (chunk.choice() == 0) record.text += chunk.content();
  if (chunk.kind() == ChunkKind::joint) record.joints.emplace_back(record.text.size(), chunk.text());
}

void Witness::heard_request(int id) {
  CallRecord& record = call(id);
  require(++record.requests_heard == 1, "callbacks", id, "on_request came twice");
  require(record.exchanges.empty(), "callbacks", id, "on_request came after the first attempt");
}

void Witness::heard_end(int id, const Result<Response>& outcome) {
  CallRecord& record = call(id);
  require(++record.ends_heard == 1, "one-end", id, "it ended twice");
  record.ended = now();
  record.outcome = outcome;
  if (record.deadline) {
    require(now() <= *record.deadline, "every-wait-ends", id, "it ended after its deadline");
  }
  if (record.cancelled) require(now() <= *record.cancelled, "every-wait-ends", id, "it went on after it was cancelled");
  check_list_of_attempts(id, outcome ? outcome->attempts() : outcome.error().attempts());
  check_secrets(id, outcome);
  if (outcome) {
    heard_answer(record);
  } else {
    check_cost_limit(id, outcome.error());
  }
}

void Witness::gets_end(int id, bool good, const std::optional<Error>& error) {
  CallRecord& record = call(id);
  require(++record.results == 1, "one-end", id, "its user got two results");
  require(!record.left, "one-end", id, "its user got a result after it had left");
  if (record.requests_heard == 0) {
    // Refused before it began: cancelled before its start, or the engine had ended.
    require(!good && error->kind() == ErrorKind::cancelled && record.exchanges.empty(), "callbacks", id,
            "no callback heard of it");
    return;
  }
  require(record.ends_heard == 1 && record.outcome->has_value() == good, "one-end", id,
          "callbacks and user got different ends");
}

void Witness::gets(int id, const Result<Response>& result) {
  gets_end(id, result.has_value(), result ? std::nullopt : std::optional<Error>(result.error()));
  if (call(id).requests_heard != 0) check_result(id, result);
}

void Witness::gets_vectors(int id, const Result<Embeddings>& result) {
  gets_end(id, result.has_value(), result ? std::nullopt : std::optional<Error>(result.error()));
  for (const int exchange : call(id).exchanges) {
    require(!exchanges_[static_cast<std::size_t>(exchange)].under_way(), "every-wait-ends", id,
            "exchange " + std::to_string(exchange) + " goes on after its end");
  }
  if (result) return check_vectors(id, *result);
  // Models of the user's own know no vectors.
  const std::vector<RulePlan>& links = handle_of(id).links;
  const bool can = std::none_of(links.begin(), links.end(), [this](const RulePlan& rule) {
    return plan_.endpoints[plan_.links[rule.link].endpoint].protocol == EndpointPlan::Protocol::model;
  });
  require(!can || !plan_.calm || call(id).cancelled, "calm", id, std::string("it failed: ") + result.error().what());
}

void Witness::gets_models(int id, const std::optional<Error>& error) {
  CallRecord& record = call(id);
  require(++record.results == 1, "one-end", id, "its user got two results");
  record.ended = now();
  if (record.deadline) require(now() <= *record.deadline, "every-wait-ends", id, "it ended after its deadline");
  if (record.cancelled) require(now() <= *record.cancelled, "every-wait-ends", id, "it went on after it was cancelled");
  if (!error) return;
  check_list_of_attempts(id, error->attempts());
  check_secrets(id, *error);
  if (error->kind() != ErrorKind::invalid_request && error->kind() != ErrorKind::invalid_config) return;
  // Refused before it was sent, it is a call all the same, of one of these.
  for (const RulePlan& rule : handle_of(id).links) watch_of(rule.link).calls.push_back(now());
}

// The provider's side.

void Witness::lets_in(int id, const Asked& asked) {
  const LinkPlan& plan = plan_.links[asked.link];
  ProviderWatch& watch = watch_of(asked.link);
  check_wanted(id);
  check_gate(id, asked.link);
  Entrant entrant{groups_[asked.link], now(), asked.tokens};
  if (asks_breaker(id) && !watch.breaker_closed) entrant.trial = watch.closings;
  check_rates(id, entrant, plan.limits);
  entrants_.push_back(entrant);
  CallRecord& record = call(id);
  record.let_in[{asked.link, asked.part}] = entrants_.size() - 1;
  const bool first = std::none_of(record.exchanges.begin(), record.exchanges.end(), [&](int other) {
    const ExchangeRecord& exchange = exchanges_[static_cast<std::size_t>(other)];
    return exchange.link == asked.link && exchange.is_for(asked.said, asked.part);
  });
  if (first || asks_again(id, asked.link)) watch.calls.push_back(now());
}

ExchangeRecord& Witness::arrives(int id, const Asked& asked, bool in_model) {
  CallRecord& record = call(id);
  const std::pair key(asked.link, asked.part);
  if (!record.let_in.contains(key)) lets_in(id, asked);
  ExchangeRecord& exchange = exchanges_.emplace_back(ExchangeRecord{.id = static_cast<int>(exchanges_.size()),
                                                                    .call = id,
                                                                    .link = asked.link,
                                                                    .started = now(),
                                                                    .reply = {},
                                                                    .streams = record.plan.streams(),
                                                                    .in_model = in_model,
                                                                    .said = asked.said,
                                                                    .part = asked.part,
                                                                    .texts = asked.texts,
                                                                    .offers_tools = asked.offers_tools});
  if (in_model) in_models_.push_back(exchange.id);
  exchange.let_in = record.let_in.extract(key).mapped();
  record.exchanges.push_back(exchange.id);
  if (!record.plan.embeds() && exchange.part != record.part) next_round(exchange);
  check_wanted(id);
  check_rounds(exchange, asked);
  check_cost(exchange, asked);
  check_delivery(exchange);
  check_side_by_side(exchange);
  check_concurrency(exchange);
  check_attempts(exchange);
  check_trial(exchange);
  check_wait(exchange);
  check_budget(exchange);
  return exchange;
}

void Witness::head_arrives(ExchangeRecord& exchange) {
  if (exchange.reply.exhausted && is_chat(exchange.call)) pause(watch_of(exchange), *exchange.reply.exhausted);
}

void Witness::content_arrives(ExchangeRecord& exchange) {
  if (!exchange.spoke) succeeded(exchange);
  if (!exchange.streams) return;
  CallRecord& record = call(exchange.call);
  // Content of a model of the user's own may come too late to count.
  if (exchange.in_model) return;
  require(!record.voice || *record.voice == exchange.id, "hedge", exchange.call,
          "exchange " + std::to_string(exchange.id) + " goes on beside exchange " +
              std::to_string(record.voice.value_or(0)) + ", which was faster");
  record.voice = exchange.id;
}

/// A whole answer that nobody may turn down or change.
bool Witness::counts_at_once(const ExchangeRecord& exchange) {
  if (!exchange.ended || exchange.streams || !is_chat(exchange.call)) return false;
  const std::vector<RulePlan>& rules = handle_of(exchange.call).links;
  const bool judged = std::any_of(rules.begin(), rules.end(),
                                  [&](const RulePlan& rule) { return rule.link == exchange.link && rule.picky; });
  return exchange.reply.meaning == Meaning::good && !exchange.reply.filtered && !judged &&
         link_of(exchange).meddling == Meddling::nothing;
}

void Witness::check_faster_answers(const ExchangeRecord& exchange) {
  if (!hedges(exchange.call)) return;
  for (const int id : call(exchange.call).exchanges) {
    const ExchangeRecord& other = exchanges_[static_cast<std::size_t>(id)];
    if (id == exchange.id || !other.is_for(exchange.said, exchange.part) || !counts_at_once(other)) continue;
    require(*other.ended == now() || *other.ended <= exchange.started, "hedge", exchange.call,
            "exchange " + std::to_string(exchange.id) + " goes on beside exchange " + std::to_string(id) +
                ", which had answered");
  }
}

void Witness::ends(ExchangeRecord& exchange) {
  exchange.ended = now();
  check_faster_answers(exchange);
  exchange.cancelled_in_model = nullptr;
  // Other answers are looked at when they are whole.
  if (exchange.reply.exhausted && call(exchange.call).plan.embeds()) {
    pause(watch_of(exchange), *exchange.reply.exhausted);
  }
  if (exchange.reply.meaning == Meaning::good) {
    answered(exchange);
  } else {
    failed(exchange);
    cut(exchange);
  }
}

void Witness::settled(ExchangeRecord& exchange) {
  const CallRecord& record = call(exchange.call);
  if (record.voice != exchange.id) return;
  for (const int other : record.exchanges) {
    require(other == exchange.id || !exchanges_[static_cast<std::size_t>(other)].under_way(), "hedge", exchange.call,
            "exchange " + std::to_string(other) + " was not cancelled");
  }
}

void Witness::given_up(ExchangeRecord& exchange) {
  exchange.gave_up = now();
  const CallRecord& record = call(exchange.call);
  const bool lost = lost_the_race(exchange);
  if (exchange.reply.meaning == Meaning::good) {
    // The answer was whole; only the connection stayed open.
    if (exchange.complete && !lost) return answered(exchange);
    // What it had said may do, for the provider's health even when another one was faster.
    if (exchange.finish_heard) succeeded(exchange);
  }
  settle_usage(exchange);
  // A timeout, perhaps, or an error in an answer that goes on.
  if (exchange.complete || !(record.cancelled || lost)) watch_of(exchange).may_have_failed(now());
  cut(exchange);
}

void Witness::gone(ExchangeRecord& exchange) {
  if (!exchange.complete || exchange.reply.meaning != Meaning::good || lost_the_race(exchange)) return;
  ProviderWatch& watch = watch_of(exchange);
  ++watch.closings;
  // Without content nobody sees from outside which of two was faster.
  if (!hedges(exchange.call)) watch.failures_before = std::max(watch.failures_before, exchange.failures_before);
}

/// Another one was faster, this very instant.
bool Witness::lost_the_race(const ExchangeRecord& exchange) {
  const CallRecord& record = call(exchange.call);
  return record.voice && *record.voice != exchange.id;
}

/// Whoever spoke speaks no longer, and has not said all.
void Witness::cut(ExchangeRecord& exchange) {
  CallRecord& record = call(exchange.call);
  if (record.voice != exchange.id) return;
  record.voice.reset();
  ++record.cuts;
}

void Witness::look_at_models() {
  for (std::size_t i = 0; i < in_models_.size();) {
    ExchangeRecord& exchange = exchanges_[static_cast<std::size_t>(in_models_[i])];
    if (exchange.cancelled_in_model && exchange.cancelled_in_model()) {
      exchange.cancelled_in_model = nullptr;
      given_up(exchange);
    }
    if (exchange.ended || exchange.gave_up) {
      in_models_[i] = in_models_.back();
      in_models_.pop_back();
    } else {
      ++i;
    }
  }
}

void Witness::succeeded(ExchangeRecord& exchange) {
  exchange.spoke = now();
  ProviderWatch& watch = watch_of(exchange);
  watch.least_failures = 0;
  watch.counted_anew = now();
  ++watch.closings;
  if (exchange.started >= watch.closed_until) ++watch.successes_after_pause;
}

void Witness::answered(ExchangeRecord& exchange) {
  if (!exchange.spoke) succeeded(exchange);
  ProviderWatch& watch = watch_of(exchange);
  watch.least_failures = 0;
  watch.counted_anew = now();
  ++watch.closings;
  // Of what ends in one instant nobody sees from outside what is heard of first.
  exchange.failures_before = watch.failures_until(now());
  // When the end of a model's answer is heard, nobody sees from outside; when its call has ended, it was.
  if (!exchange.in_model && !exchange.gave_up) watch.failures_before = exchange.failures_before;
  exchange.usage_heard = true;
  settle_usage(exchange);
}

/// What it used counts instead of what it was thought to need.
void Witness::settle_usage(const ExchangeRecord& exchange) {
  double& tokens = entrants_[exchange.let_in].tokens;
  const int used = exchange.reply.used;
  if (exchange.usage_heard && used != 0) tokens = std::min(tokens, static_cast<double>(used));
}

/// The call has its answer, and so the only exchange that can have given it has ended well.
void Witness::heard_answer(const CallRecord& record) {
  const ExchangeRecord* only = nullptr;
  for (const int id : record.exchanges) {
    const ExchangeRecord& exchange = exchanges_[static_cast<std::size_t>(id)];
    if (!(exchange.ended || exchange.complete) || exchange.reply.meaning != Meaning::good) continue;
    if (only) return;
    only = &exchange;
  }
  if (!only) return;
  ProviderWatch& watch = watch_of(*only);
  watch.failures_before = std::max(watch.failures_before, only->failures_before);
}

void Witness::failed(ExchangeRecord& exchange) {
  settle_usage(exchange);
  ProviderWatch& watch = watch_of(exchange);
  const CallRecord& record = call(exchange.call);
  const Reply& reply = exchange.reply;
  const bool ill = reply.meaning == Meaning::ill || reply.meaning == Meaning::overloaded;
  const bool limited = reply.meaning == Meaning::limited || reply.meaning == Meaning::overloaded;
  if (ill) watch.may_have_failed(now());
  const bool unwanted = record.cancelled || record.ended || exchange.in_model || is_lists_models(exchange.call);
  if (ill && exchange.finish_heard) {
    // Cut behind its finish reason it may count as an answer, after which failures are counted anew.
    watch.least_failures = 0;
  } else if (ill && !unwanted && watch.counted_anew != now()) {
    ++watch.least_failures;
  }
  if (!limited || record.cancelled || exchange.in_model) return;
  // How long a wait is that nobody asks for, only the log tells; that there is one, everybody feels afterwards.
  if (reply.retry_after) {
    pause(watch, *reply.retry_after);
  } else {
    watch.paused_until(now());
  }
}

void Witness::pause(ProviderWatch& watch, Duration duration) {
  if (duration <= 0s) return;
  watch.paused_until(now() + std::min<Duration>(duration, 1h));
}

void Witness::breaker_is(std::size_t link, bool closed) {
  ProviderWatch& watch = watch_of(link);
  watch.breaker_closed = closed;
  const int least = std::min(5, plan_.handles.front().breaker.failures());
  const int most = std::max(5, plan_.handles.front().breaker.failures());
  const auto name = [&] { return "that of link " + std::to_string(link); };
  if (!closed && watch.most_failures() < least) {
    fail("breaker", name() + " is open after " + std::to_string(watch.most_failures()) + " failures");
  }
  if (closed && watch.least_failures >= most) {
    fail("breaker", name() + " is closed after " + std::to_string(watch.least_failures) + " failures");
  }
}

void Witness::quiet() {
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    const CallRecord& record = calls_[i];
    const int id = static_cast<int>(i);
    if (!record.started) continue;
    require(record.left || record.results == 1, "every-wait-ends", id, "it never ended");
    require(record.requests_heard == record.ends_heard, "one-end", id, "its callbacks did not hear of its end");
    for (const int exchange : record.exchanges) {
      require(!exchanges_[static_cast<std::size_t>(exchange)].under_way(), "every-wait-ends", id,
              "exchange " + std::to_string(exchange) + " was left open");
    }
  }
}

Width Witness::width() const {
  std::set<std::size_t> links;
  for (const ExchangeRecord& exchange : exchanges_) links.insert(exchange.link);
  const auto calls = std::count_if(calls_.begin(), calls_.end(), [](const CallRecord& call) { return call.overlaps; });
  return Width{static_cast<int>(calls), static_cast<int>(links.size())};
}

void Witness::check_width() {
  const Width found = width();
  if (found.overlapping_calls < Plan::least_overlapping_calls) {
    fail("overlap", "only " + std::to_string(found.overlapping_calls) + " calls overlap another one");
  }
  if (found.links < Plan::least_links) fail("overlap", "only " + std::to_string(found.links) + " links were asked");
}

}  // namespace antiphon::simulation
