#include <iterator>
#include <ostream>

#include "plan.hpp"

namespace antiphon::simulation {

namespace {

constexpr const char* moods[] = {
    "healthy", "flaky", "refusing connections", "silent", "overloaded", "failing", "limited", "cutting",
    "slow",    "odd",   "wanting another key"};
constexpr const char* meddlings[] = {"none",           "passes",       "hops",        "filters", "asks again",
                                     "answers itself", "throws",       "throws late", "lets go", "gives up",
                                     "answers late",   "speaks first", "consoles"};
constexpr const char* credentials[] = {"key", "late", "renewed", "refused", "thrown", "fetched"};
constexpr const char* protocols[] = {"OpenAI", "Ollama", "model"};
constexpr const char* strategies[] = {"ordered", "weighted", "lowest latency", "cheapest"};

template <class T>
constexpr bool has_all(std::size_t names, T last) {
  return names == static_cast<std::size_t>(last) + 1;
}

static_assert(has_all(std::size(moods), last_mood));
static_assert(has_all(std::size(meddlings), last_meddling));
static_assert(has_all(std::size(credentials), last_credentials));
static_assert(has_all(std::size(protocols), EndpointPlan::last_protocol));
static_assert(has_all(std::size(strategies), FallbackStrategy::cheapest));

template <class T, std::size_t size>
const char* name(const char* const (&names)[size], T value) {
  return names[static_cast<std::size_t>(value)];
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

template <class T>
void field(std::ostream& out, const char* name, const std::optional<T>& value) {
  if (value) out << ", " << name << ' ' << *value;
}

void field(std::ostream& out, const char* name, const std::optional<std::chrono::milliseconds>& value) {
  if (value) out << ", " << name << ' ' << seconds(*value) << " s";
}

void field(std::ostream& out, const char* name, const std::optional<Duration>& value) {
  if (value) out << ", " << name << ' ' << seconds(*value) << " s";
}

void describe(const EndpointPlan& plan, std::ostream& out) {
  out << name(protocols, plan.protocol);
  for (const EndpointPlan::Spell& spell : plan.spells) {
    out << ", " << name(moods, spell.mood) << " until " << seconds(spell.until) << " s";
  }
}

void describe(const FetchPolicy& policy, std::ostream& out) {
  out << (policy.allowed() ? "fetched" : "not to be fetched") << " up to " << policy.max_bytes() << " bytes, "
      << policy.max_total_bytes() << " together, within " << seconds(policy.timeout()) << " s, "
      << policy.max_redirects() << " redirects" << (policy.private_addresses() ? ", from anywhere" : "") << ", ";
}

void describe(const LinkPlan& plan, std::ostream& out) {
  const RetryConfig& retry = plan.retry;
  out << "endpoint " << plan.endpoint << ", credentials " << name(credentials, plan.credentials) << ", layer "
      << name(meddlings, plan.meddling) << ", attempts " << retry.max_attempts() << ", delay "
      << seconds(retry.initial_delay()) << " s, most " << seconds(retry.max_delay()) << " s, retry-after up to "
      << seconds(retry.max_retry_after()) << " s, budget " << retry.budget();
  field(out, "retries for", retry.deadline());
  field(out, "concurrent", plan.limits.max_concurrent());
  field(out, "requests per minute", plan.limits.requests_per_minute());
  field(out, "tokens per minute", plan.limits.tokens_per_minute());
  field(out, "connect", plan.timeouts.connect());
  field(out, "first content", plan.timeouts.first_content());
  field(out, "idle", plan.timeouts.idle());
  field(out, "between chunks", plan.timeouts.between_chunks());
  field(out, "total", plan.timeouts.total());
  if (plan.fetching) {
    out << ", files ";
    describe(*plan.fetching, out);
  }
  if (!plan.prices) return;
  out << ", priced";
  field(out, "in", plan.prices->input);
  field(out, "out", plan.prices->output);
  field(out, "window", plan.prices->context_window);
}

void describe(const HandlePlan& plan, std::ostream& out) {
  out << (plan.is_fallback ? "fallback" : "plain") << ", layer " << name(meddlings, plan.meddling);
  if (plan.is_fallback) {
    out << ", " << name(strategies, plan.strategy) << ", max_wait " << seconds(plan.max_wait) << " s, breaker "
        << plan.breaker.failures() << " failures, rest " << seconds(plan.breaker.rest()) << " s up to "
        << seconds(plan.breaker.max_rest()) << " s, nested " << plan.nested;
    field(out, "hedge", plan.hedge);
  }
  for (const RulePlan& rule : plan.links) {
    out << "; link " << rule.link << (rule.picky ? " picky" : "");
    if (rule.first_content_within) out << " within " << seconds(*rule.first_content_within) << " s";
    if (rule.context_window) out << " window " << *rule.context_window;
    for (const ErrorKind kind : rule.leaves_besides) out << " leaves on " << to_string(kind);
    for (const ErrorKind kind : rule.stays_on) out << " stays on " << to_string(kind);
  }
}

/// Only what cannot be seen from what happens.
void describe(const CallPlan& plan, std::ostream& out) {
  if (plan.embeds()) out << plan.texts.count << " texts in " << plan.texts.batches() << " batches";
  for (const FilePlan& file : plan.files.files) {
    out << (file.is_nowhere ? "nowhere " : "") << (file.is_private ? "private " : "") << to_string(file.kind) << " of "
        << file.bytes << " bytes, ";
  }
  if (plan.files.policy) describe(*plan.files.policy, out);
  if (!plan.tools) return;
  const ToolsPlan& tools = *plan.tools;
  out << "tools, at most " << tools.max_steps << " steps and " << tools.max_calls << " calls, then "
      << (tools.at_limit == AtToolLimit::answer ? "an answer" : "failure") << ", " << tools.concurrency << " at once"
      << (tools.approves ? ", approved" : "");
  field(out, "all within", tools.max_time);
  field(out, "each within", tools.tool_timeout);
  field(out, "for millionths of a dollar", tools.max_cost);
}

template <class T>
void describe_all(const char* what, const std::vector<T>& plans, std::ostream& out) {
  for (std::size_t i = 0; i < plans.size(); ++i) {
    out << what << ' ' << i << ": ";
    describe(plans[i], out);
    out << '\n';
  }
}

}  // namespace

void describe(const Plan& plan, std::ostream& out) {
  describe_all("endpoint", plan.endpoints, out);
  describe_all("link", plan.links, out);
  describe_all("handle", plan.handles, out);
  describe_all("call", plan.calls, out);
}

}  // namespace antiphon::simulation
