#include "plan.hpp"

#include <algorithm>
#include <utility>

namespace antiphon::simulation {

namespace {

using namespace std::chrono_literals;

enum : std::uint64_t { the_run, the_endpoint, the_link, the_handle, the_call, the_tools, the_texts, the_files };

constexpr ErrorKind kinds[] = {ErrorKind::dns,
                               ErrorKind::connection,
                               ErrorKind::timeout,
                               ErrorKind::truncated,
                               ErrorKind::protocol,
                               ErrorKind::conflict,
                               ErrorKind::rate_limited,
                               ErrorKind::overloaded,
                               ErrorKind::server_error,
                               ErrorKind::not_found,
                               ErrorKind::permission,
                               ErrorKind::tls,
                               ErrorKind::invalid_request,
                               ErrorKind::content_filtered};

ErrorKind any_kind(Dice& dice) { return kinds[dice.from(0, std::size(kinds) - 1)]; }

std::chrono::milliseconds in_ms(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration);
}

EndpointPlan plan_endpoint(Dice dice, std::size_t index, bool calm, Duration span) {
  using Protocol = EndpointPlan::Protocol;
  EndpointPlan plan{};
  plan.host = "h" + std::to_string(index);
  // The first speaks HTTP in any case.
  plan.protocol = index > 0 && dice.chance(0.2) ? Protocol::model : dice.one_of({Protocol::openai, Protocol::ollama});
  // At home more is known of it than elsewhere.
  plan.at_home = plan.protocol == Protocol::openai && dice.for_the(the_run).chance(0.2);
  if (plan.at_home) plan.host += ".openai.com";
  if (calm || dice.chance(0.2)) return plan;
  Duration until{0};
  for (int spells = dice.from(1, 4); spells > 0; --spells) {
    until += dice.time(std::max<Duration>(span, 10s)) + 10ms;
    plan.spells.push_back({until, static_cast<Mood>(dice.from(0, static_cast<int>(last_mood)))});
  }
  return plan;
}

RetryConfig plan_retry(Dice& dice) {
  RetryConfig retry;
  retry.max_attempts(dice.from(1, 5));
  const auto delay = dice.one_of({1ms, 20ms, 500ms});
  retry.initial_delay(delay).backoff_factor(dice.one_of({1.0, 2.0, 5.0})).max_delay(delay * dice.one_of({1, 4, 16}));
  retry.max_retry_after(dice.one_of<std::chrono::milliseconds>({0ms, 1s, 60s, 60s}));
  retry.budget(dice.one_of({0.0, 0.2, 0.2, 1.0}));
  if (dice.chance(0.2)) retry.deadline(in_ms(dice.time(10s)) + 1ms);
  if (dice.chance(0.2)) retry.retry_on(any_kind(dice));
  if (dice.chance(0.2)) retry.never_on(any_kind(dice));
  return retry;
}

Limits plan_limits(Dice& dice) {
  Limits limits;
  if (dice.chance(0.3)) limits.max_concurrent(dice.from(1, 4));
  if (dice.chance(0.15)) limits.requests_per_minute(dice.one_of({1, 5, 30, 60, 600}));
  if (dice.chance(0.15)) limits.tokens_per_minute(dice.one_of({40, 500, 5000}));
  return limits;
}

Timeouts plan_timeouts(Dice& dice) {
  Timeouts timeouts;
  if (dice.chance(0.3)) timeouts.connect(dice.time(2s) + 1ms);
  if (dice.chance(0.3)) timeouts.first_content(dice.time(20s) + 1ms);
  if (dice.chance(0.3)) timeouts.idle(dice.time(30s) + 1ms);
  if (dice.chance(0.2)) timeouts.between_chunks(dice.time(10s) + 1ms);
  if (dice.chance(0.3)) timeouts.total(dice.time(120s) + 1ms);
  return timeouts;
}

Meddling plan_meddling(Dice& dice, double share) {
  if (!dice.chance(share)) return Meddling::nothing;
  return static_cast<Meddling>(dice.from(1, static_cast<int>(last_meddling)));
}

std::optional<PricePlan> plan_prices(Dice& dice, bool calm) {
  if (!calm && dice.chance(0.05)) return std::nullopt;
  PricePlan plan{};
  // Of one of the two it may not be known.
  const int missing = calm ? 0 : dice.from(0, 39);
  if (missing != 1) plan.input = dice.from(1, 3);
  if (missing != 2) plan.output = dice.from(1, 5);
  plan.only_embeds = dice.chance(0.1);
  if (dice.chance(0.2)) plan.context_window = dice.one_of({4000, 128'000});
  return plan;
}

FetchPolicy plan_policy(Dice& dice) {
  if (dice.chance(0.1)) return FetchPolicy::off();
  FetchPolicy policy;
  policy.max_bytes(dice.one_of<std::size_t>({100, 10'000})).max_total_bytes(dice.one_of<std::size_t>({150, 100'000}));
  policy.timeout(dice.time(10s) + 1ms).max_redirects(dice.from(0, 2)).private_addresses(dice.chance(0.3));
  return policy;
}

LinkPlan plan_link(Dice dice, const EndpointPlan& at, std::size_t endpoint, bool calm) {
  LinkPlan plan{};
  plan.endpoint = endpoint;
  plan.model = dice.chance(0.1) ? "m:latest" : "m";
  plan.has_key = at.protocol != EndpointPlan::Protocol::ollama || dice.chance(0.9);
  plan.prices = plan_prices(dice, calm);
  if (dice.chance(0.8)) plan.retry = plan_retry(dice);
  plan.limits = plan_limits(dice);
  if (calm) return plan;
  if (dice.chance(0.5)) plan.timeouts = plan_timeouts(dice);
  if (dice.chance(0.25)) {
    plan.credentials = static_cast<Credentials>(dice.from(1, static_cast<int>(last_credentials)));
  }
  plan.meddling = plan_meddling(dice, 0.1);
  plan.own_options = dice.chance(0.2);
  if (plan.own_options && dice.chance(0.7)) plan.fetching = plan_policy(dice);
  if (dice.chance(0.03)) plan.model = "n";
  plan.bounded = dice.chance(0.1);
  return plan;
}

RulePlan plan_rule(Dice& dice, std::size_t link, bool calm) {
  RulePlan rule{};
  rule.link = link;
  rule.weight = dice.one_of({0.0, 0.5, 1.0, 3.0});
  if (dice.chance(0.5)) rule.price = dice.from(0, 9);
  if (calm) return rule;
  if (dice.chance(0.2)) rule.first_content_within = dice.time(5s) + 1ms;
  rule.picky = dice.chance(0.1);
  if (dice.chance(0.2)) rule.context_window = dice.one_of({4000, 8000, 128'000});
  if (dice.chance(0.2)) rule.leaves_besides.insert(any_kind(dice));
  if (dice.chance(0.2)) rule.stays_on.insert(any_kind(dice));
  return rule;
}

/// The first is a fallback of several links in any case.
HandlePlan plan_handle(Dice dice, bool first, std::size_t links, const CircuitBreakerConfig& breaker, bool calm) {
  HandlePlan plan{};
  plan.is_fallback = first || dice.chance(0.65);
  plan.breaker = breaker;
  std::vector<std::size_t> order(links);
  for (std::size_t i = 0; i < links; ++i) order[i] = i;
  for (std::size_t i = links - 1; i > 0; --i) std::swap(order[i], order[dice.from(0, static_cast<int>(i))]);
  const int most = plan.is_fallback ? dice.from(first ? 2 : 1, static_cast<int>(links)) : 1;
  for (int i = 0; i < most; ++i) plan.links.push_back(plan_rule(dice, order[i], calm));
  plan.links.front().weight = 1;
  if (plan.is_fallback && plan.links.size() > 2 && dice.chance(0.3)) {
    plan.nested = dice.from(1, static_cast<int>(plan.links.size()) - 1);
  }
  plan.strategy = dice.chance(0.7) ? static_cast<FallbackStrategy>(dice.from(1, 3)) : FallbackStrategy::ordered;
  plan.max_wait = dice.one_of<std::chrono::milliseconds>({0ms, 500ms, 2s, 2s, 10s});
  if (dice.chance(0.35)) plan.hedge = in_ms(dice.time(5s)) + 1ms;
  if (!calm) plan.meddling = plan_meddling(dice, 0.15);
  return plan;
}

ToolsPlan plan_tools(Dice dice, bool calm) {
  ToolsPlan plan{};
  plan.max_steps = dice.from(1, 5);
  plan.max_calls = dice.one_of({1, 3, 200, 200});
  plan.at_limit = calm || dice.chance(0.5) ? AtToolLimit::answer : AtToolLimit::fail;
  plan.concurrency = dice.from(1, 3);
  plan.must_call = dice.chance(0.1);
  plan.may_call = dice.chance(0.1);
  // An answer of these models costs 2 to 36.
  if (dice.chance(0.3)) plan.max_cost = dice.one_of({1, 20, 50, 1000});
  if (calm) return plan;
  if (dice.chance(0.15)) plan.max_time = dice.time(10s) + 1ms;
  if (dice.chance(0.3)) plan.tool_timeout = dice.time(2s) + 1ms;
  plan.approves = dice.chance(0.3);
  plan.has_his_own = dice.chance(0.2);
  return plan;
}

TextsPlan plan_texts(Dice dice) {
  TextsPlan plan{};
  plan.count = dice.chance(0.05) ? 0 : dice.from(1, 9);
  if (dice.chance(0.8)) plan.batch_size = dice.from(1, 4);
  plan.concurrency = dice.from(1, 4);
  plan.bytes = dice.chance(0.01) ? TextsPlan::long_text : dice.one_of({0, 0, 200, 2000});
  return plan;
}

FilePlan plan_file(Dice& dice, bool calm) {
  FilePlan plan{};
  plan.kind = PartKind::image;
  plan.is_secure = dice.chance(0.3);
  plan.is_bare = dice.chance(0.1);
  plan.bytes = dice.one_of({20, 90, 5000});
  if (calm) return plan;
  if (dice.chance(0.35)) plan.kind = dice.one_of({PartKind::document, PartKind::document, PartKind::audio});
  plan.is_private = dice.chance(0.1);
  plan.is_nowhere = dice.chance(0.03);
  return plan;
}

/// Without trouble they are such that every provider can be given them.
FilesPlan plan_files(Dice dice, bool calm) {
  FilesPlan plan{};
  for (int files = dice.from(1, 3); files > 0; --files) plan.files.push_back(plan_file(dice, calm));
  if (calm) {
    plan.policy = FetchPolicy();
  } else if (dice.chance(0.8)) {
    plan.policy = plan_policy(dice);
  }
  return plan;
}

CallPlan plan_call(Dice dice, std::size_t handles, bool calm) {
  using Kind = CallPlan::Kind;
  using Leaving = CallPlan::Leaving;
  CallPlan plan{};
  plan.handle = dice.from(0, static_cast<int>(handles) - 1);
  plan.kind = static_cast<Kind>(dice.from(0, static_cast<int>(Kind::models)));
  if (dice.chance(0.12)) plan.kind = dice.one_of({Kind::embed, Kind::embed_coroutine});
  plan.texts = plan_texts(dice.for_the(the_texts));
  if (plan.kind < Kind::models && dice.chance(0.2)) plan.tools = plan_tools(dice.for_the(the_tools), calm);
  if (plan.kind < Kind::models && dice.chance(0.12)) plan.files = plan_files(dice.for_the(the_files), calm);
  plan.continuation = dice.one_of({Continuation::none, Continuation::none, Continuation::same, Continuation::next});
  if (dice.chance(0.5)) plan.max_tokens = dice.one_of({10, 100, 1000});
  plan.prompt_bytes = dice.one_of({0, 0, 200, 2000});
  plan.raw_events = dice.chance(0.05);
  if (dice.chance(0.3)) plan.pause = dice.time(3s);
  plan.extras = dice.chance(0.1);
  if (calm) return plan;
  if (dice.chance(0.06)) plan.oddity = static_cast<Oddity>(dice.from(1, static_cast<int>(Oddity::no_time)));
  if (plan.oddity == Oddity::no_batch && plan.texts.batch_size) plan.texts.batch_size = 0;
  if (plan.oddity == Oddity::no_concurrency) plan.texts.concurrency = 0;
  if (dice.chance(0.3)) plan.leaving = static_cast<Leaving>(dice.from(1, 4));
  plan.leaves_after = dice.time(dice.one_of<Duration>({50ms, 2s, 60s}));
  plan.breaks_after = dice.from(1, 4);
  if (dice.chance(0.2)) plan.deadline = dice.chance(0.1) ? -1s : dice.time(dice.one_of<Duration>({100ms, 5s, 60s}));
  if (plan.oddity == Oddity::endless_deadline) plan.deadline.reset();
  if (plan.has_foreign_options()) plan.files = {};
  // Only a deadline ends it where nobody answers.
  plan.patient = plan.deadline && dice.chance(0.3);
  return plan;
}

/// They come in groups, two and two in the same instant, so that each overlaps another one whatever becomes of it.
void spread(std::vector<CallPlan>& calls, Dice& dice, Duration span) {
  Duration group{};
  Duration start{};
  int pairs = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (i % 2 == 0) {
      if (pairs-- == 0) {
        pairs = dice.from(3, 5);
        group = dice.time(span);
      }
      start = group + dice.time(200ms);
    }
    calls[i].start = start;
  }
}

/// When so many of them have started.
Duration start_of(int count, const std::vector<CallPlan>& calls) {
  std::vector<Duration> starts;
  for (const CallPlan& call : calls) starts.push_back(call.start);
  std::sort(starts.begin(), starts.end());
  return starts[static_cast<std::size_t>(count) - 1];
}

/// Has two calls ask two providers, whatever becomes of the rest: they are the first, so that nobody is in their way.
void ask_two_links(Plan& plan) {
  plan.handles[0].strategy = plan.handles[1].strategy = FallbackStrategy::ordered;
  const auto endpoint_of = [&](std::size_t link) { return plan.links[link].endpoint; };
  const std::size_t asked = endpoint_of(plan.handles[0].links.front().link);
  std::vector<RulePlan>& rules = plan.handles[1].links;
  const auto other =
      std::find_if(rules.begin(), rules.end(), [&](const RulePlan& rule) { return endpoint_of(rule.link) != asked; });
  // The first links are those of one endpoint each.
  std::size_t beside = asked == 0 ? 1 : 0;
  std::swap(rules.front().link, other == rules.end() ? beside : other->link);
  for (std::size_t i = 0; i < 2; ++i) {
    CallPlan& call = plan.calls[i];
    call.handle = i;
    call.start = Duration(0);
    call.kind = CallPlan::Kind::stream_for_each;
    call.leaving = CallPlan::Leaving::stays;
    call.oddity = Oddity::none;
    call.deadline.reset();
    call.patient = false;
    call.tools.reset();
    call.files = {};
    call.gets_through = true;
  }
}

/// Long texts go where they are counted in bytes, and by nobody's tokens, whom they would hold back for hours.
void bound_texts(Plan& plan) {
  for (CallPlan& call : plan.calls) {
    if (call.texts.bytes != TextsPlan::long_text) continue;
    bool bounded = false;
    bool counted = false;
    for (const RulePlan& rule : plan.handles[call.handle].links) {
      const LinkPlan& link = plan.links[rule.link];
      bounded = bounded || plan.endpoints[link.endpoint].at_home;
      counted = counted || link.limits.tokens_per_minute();
    }
    if (!bounded || counted) call.texts.bytes = 0;
    if (call.texts.bytes != 0) call.texts.most_by_bytes = 2;
  }
}

/// Whoever ends, speaks or breaks off does so at nearly the same time.
void make_racing(Plan& plan) {
  for (HandlePlan& handle : plan.handles) {
    handle.hedge = std::min(handle.hedge.value_or(10ms), 100ms);
  }
  for (std::size_t i = 0; i < plan.links.size(); i += 2) plan.links[i].meddling = Meddling::passes;
  for (std::size_t i = 2; i < plan.calls.size(); i += 2) {
    CallPlan& call = plan.calls[i];
    if (!call.streams()) continue;
    call.kind = CallPlan::Kind::stream_coroutine;
    call.leaving = CallPlan::Leaving::breaks;
  }
}

/// Streams that are read at once, of which there may be many.
void make_plain(std::vector<CallPlan>& calls) {
  for (CallPlan& call : calls) {
    call.kind = CallPlan::Kind::stream_for_each;
    call.tools.reset();
    call.files = {};
    call.leaving = CallPlan::Leaving::stays;
  }
}

}  // namespace

Plan::Plan(std::uint64_t the_seed) : seed(the_seed) {
  const Dice all(seed);
  Dice dice = all.for_the(the_run);
  calm = dice.chance(0.05);
  logged = dice.chance(0.3);
  const bool busy = !calm && dice.chance(0.004);
  const Duration span = dice.one_of<Duration>({0s, 100ms, 5s, 60s, 300s});
  const int endpoint_count = dice.from(2, 4);
  for (int i = 0; i < endpoint_count; ++i)
    endpoints.push_back(plan_endpoint(all.for_the(the_endpoint, i), i, calm || busy, span));
  const int link_count = dice.from(endpoint_count, endpoint_count + 3);
  // Each endpoint has a link at least; the others share one.
  for (int i = 0; i < link_count; ++i) {
    const int endpoint = i < endpoint_count ? i : dice.from(0, endpoint_count - 1);
    links.push_back(plan_link(all.for_the(the_link, i), endpoints[static_cast<std::size_t>(endpoint)], endpoint, calm));
  }
  CircuitBreakerConfig breaker;
  const auto rest = dice.one_of<std::chrono::milliseconds>({100ms, 1s, 10s});
  breaker.failures(dice.from(1, 5)).rest(rest).max_rest(rest * dice.one_of({1, 8, 64}));
  const int handle_count = dice.from(3, 4);
  for (int i = 0; i < handle_count; ++i) {
    handles.push_back(plan_handle(all.for_the(the_handle, i), i == 0, links.size(), breaker, calm));
    if (busy) handles.back().hedge = 1s;
  }
  const int call_count = busy ? 200 : dice.from(24, 36);
  for (int i = 0; i < call_count; ++i) calls.push_back(plan_call(all.for_the(the_call, i), handles.size(), calm));
  spread(calls, dice, span);
  ask_two_links(*this);
  if (busy) make_plain(calls);
  if (!calm && dice.chance(0.03)) engine_ends = start_of(least_overlapping_calls, calls) + dice.time(2s);
  racing = !calm && !busy && dice.chance(0.02);
  if (racing) make_racing(*this);
  bound_texts(*this);
}

}  // namespace antiphon::simulation
