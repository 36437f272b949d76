// What is checked when an attempt begins and when a call has ended.

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "token.hpp"
#include "witness.hpp"

namespace antiphon::simulation {

namespace {

using namespace std::chrono_literals;
using Meaning = Reply::Meaning;

bool is_within(Time time, Time now, Duration window) { return time <= now && time > now - window; }

std::string seconds_text(Duration duration) {
  return std::to_string(std::chrono::duration<double>(duration).count()) + " s";
}

}  // namespace

// When an attempt begins.

void Witness::check_wanted(int id) {
  const CallRecord& record = call(id);
  require(record.started && !record.ended, "one-end", id, "an attempt began after its end");
  if (record.deadline)
    require(now() <= *record.deadline && *record.started < *record.deadline, "no-attempt-after-deadline", id,
            "an attempt began");
  if (record.cancelled) require(now() <= *record.cancelled, "no-attempt-after-cancel", id, "an attempt began");
}

void Witness::check_gate(int id, std::size_t link) {
  const ProviderWatch& watch = watch_of(link);
  require(now() >= watch.closed_until, "closed-gate", id,
          "an attempt at link " + std::to_string(link) + " began " + seconds_text(watch.closed_until - now()) +
              " too early");
  if (!watch.paused_once || now() - watch.closed_until >= 60s) return;
  const auto inside = std::count_if(exchanges_.begin(), exchanges_.end(), [&](const ExchangeRecord& exchange) {
    return shared_[exchange.link] == shared_[link] && exchange.under_way();
  });
  require(inside < 1 + watch.successes_after_pause, "ramp", id,
          "an attempt began beside " + std::to_string(inside) + " after " +
              std::to_string(watch.successes_after_pause) + " successes");
}

void Witness::check_rates(int id, const Entrant& entrant, const Limits& limits) {
  std::int64_t requests = 1;
  double others = 0;
  for (auto other = entrants_.rbegin(); other != entrants_.rend() && is_within(other->at, now(), 60s); ++other) {
    if (other->group != entrant.group) continue;
    ++requests;
    others += other->tokens;
  }
  if (const auto& most = limits.requests_per_minute()) {
    require(requests <= *most, "requests-per-minute", id, std::to_string(requests) + " in a minute");
  }
  if (const auto& most = limits.tokens_per_minute()) {
    // One that needs none may have been let in before one that is larger than the limit, in the same instant.
    const bool alone = others == 0 || entrant.tokens == 0;
    require(alone || others + entrant.tokens <= static_cast<double>(*most), "tokens-per-minute", id,
            std::to_string(others + entrant.tokens) + " in a minute");
  }
}

void Witness::check_delivery(const ExchangeRecord& exchange) {
  const CallRecord& record = call(exchange.call);
  require(!record.voice, "no-attempt-after-delivery", exchange.call, "an attempt began while another one speaks");
  if (record.cuts == 0) return;
  require(exchange.said != 0 && record.plan.continuation != Continuation::none, "no-attempt-after-delivery",
          exchange.call, "an attempt began after content was handed out");
  require(record.cuts <= 3, "no-attempt-after-delivery", exchange.call, "it was continued more than three times");
}

void Witness::check_side_by_side(const ExchangeRecord& exchange) {
  const CallPlan& plan = call(exchange.call).plan;
  int of_the_part = 0;
  int of_all = 0;
  for (const int id : call(exchange.call).exchanges) {
    const ExchangeRecord& other = exchanges_[static_cast<std::size_t>(id)];
    if (!other.under_way()) continue;
    ++of_all;
    of_the_part += other.part == exchange.part;
  }
  const int most = hedges(exchange.call) ? 2 : 1;
  const int at_once = plan.embeds() ? plan.texts.concurrency : 1;
  require(of_the_part <= most && of_all <= most * at_once, "hedge", exchange.call,
          std::to_string(of_all) + " attempts at the same time");
}

void Witness::check_concurrency(const ExchangeRecord& exchange) {
  const auto& most = link_of(exchange).limits.max_concurrent();
  if (!most) return;
  const auto inside = std::count_if(exchanges_.begin(), exchanges_.end(), [&](const ExchangeRecord& other) {
    return groups_[other.link] == groups_[exchange.link] && other.under_way();
  });
  require(inside <= *most, "concurrency", exchange.call, std::to_string(inside) + " attempts at the same time");
}

void Witness::check_attempts(const ExchangeRecord& exchange) {
  int attempts = 0;
  for (const int id : call(exchange.call).exchanges) {
    const ExchangeRecord& other = exchanges_[static_cast<std::size_t>(id)];
    attempts += other.link == exchange.link && other.is_for(exchange.said, exchange.part);
  }
  // New credentials are worth one more.
  int most = link_of(exchange).retry.max_attempts() + (link_of(exchange).credentials == Credentials::renewed);
  if (asks_again(exchange.call, exchange.link)) most *= 4;
  require(attempts <= most, "max-attempts", exchange.call,
          std::to_string(attempts) + " attempts at link " + std::to_string(exchange.link));
}

void Witness::check_trial(const ExchangeRecord& exchange) {
  const std::optional<int>& trial = entrants_[exchange.let_in].trial;
  if (!trial) return;
  for (const ExchangeRecord& other : exchanges_) {
    const bool same_walk = other.call == exchange.call && (is_chat(other.call) || other.part == exchange.part);
    require(other.id == exchange.id || same_walk || !other.under_way() ||
                shared_[other.link] != shared_[exchange.link] || entrants_[other.let_in].trial != trial,
            "one-trial", exchange.call, "it tries a breaker beside call " + std::to_string(other.call));
  }
}

/// The provider's own wait.
void Witness::check_wait(const ExchangeRecord& exchange) {
  const ExchangeRecord* before = previous(exchange);
  if (!before || !before->ended || !before->reply.retry_after || asks_again(exchange.call, exchange.link)) return;
  require(exchange.started >= *before->ended + *before->reply.retry_after, "retry-after", exchange.call,
          "it did not wait for " + seconds_text(*before->reply.retry_after));
}

/// What a provider cannot be given is refused before it is sent, and a call to it all the same: at most these.
std::ptrdiff_t Witness::calls_refused_here(std::size_t link, Time time) const {
  std::ptrdiff_t calls = 0;
  for (const CallRecord& record : calls_) {
    if (record.plan.files.files.empty() && !record.plan.tools && record.plan.oddity != Oddity::no_time) continue;
    if (!record.started || (record.ended && *record.ended <= time - 30s)) continue;
    const std::vector<RulePlan>& rules = plan_.handles[record.plan.handle].links;
    const auto ways = std::count_if(rules.begin(), rules.end(),
                                    [&](const RulePlan& rule) { return shared_[rule.link] == shared_[link]; });
    calls += ways * (record.part + 1);
  }
  return calls;
}

void Witness::check_budget(const ExchangeRecord& exchange) {
  const ExchangeRecord* before = previous(exchange);
  const LinkPlan& link = link_of(exchange);
  if (!before || !before->ended || asks_again(exchange.call, exchange.link)) return;
  if (link.credentials == Credentials::renewed && before->status == 401) return;
  ProviderWatch& watch = watch_of(exchange);
  watch.retries.push_back(*before->ended);
  double share = 0;
  for (std::size_t i = 0; i < plan_.links.size(); ++i) {
    if (shared_[i] == shared_[exchange.link]) share = std::max(share, plan_.links[i].retry.budget());
  }
  if (share >= 1) return;
  const Time decided = *before->ended;
  const auto count = [&](const std::vector<Time>& times, Duration window) {
    return std::count_if(times.begin(), times.end(), [&](Time time) { return is_within(time, decided, window); });
  };
  const auto retries = count(watch.retries, 15s);
  const auto calls = count(watch.calls, 30s) + calls_refused_here(exchange.link, decided);
  require(static_cast<double>(retries) <= 10 + share * static_cast<double>(calls), "retry-budget", exchange.call,
          std::to_string(retries) + " retries for " + std::to_string(calls) + " calls");
}

// When a call has ended.

void Witness::check_list_of_attempts(int id, const std::vector<Attempt>& attempts) {
  std::multiset<std::pair<std::string, int>> seen;
  std::multiset<std::pair<std::string, int>> told;
  for (const int exchange : call(id).exchanges) {
    const ExchangeRecord& record = exchanges_[static_cast<std::size_t>(exchange)];
    seen.emplace("l" + std::to_string(record.link) + "/" + link_of(record).model, record.status);
  }
  for (const Attempt& attempt : attempts) told.emplace(attempt.model(), attempt.status());
  require(seen == told, "attempts-counted", id,
          std::to_string(attempts.size()) + " are told, " + std::to_string(call(id).exchanges.size()) + " were made");
}

void Witness::check_secrets(int id, const Result<Response>& outcome) {
  std::string told;
  // One by one: the end of one and the beginning of the next may look like the key.
  const auto add = [&](std::string_view text) { told.append(text) += '\n'; };
  if (outcome) {
    for (const std::string& text : {outcome->content(), outcome->reasoning(), outcome->request_id()}) add(text);
  } else {
    const Error& error = outcome.error();
    add(error.what());
    for (const std::string& text :
         {error.message(), error.provider_message(), error.provider_code(), error.raw_body()}) {
      add(text);
    }
  }
  for (const Attempt& attempt : outcome ? outcome->attempts() : outcome.error().attempts()) {
    add(attempt.error_message());
  }
  for (const Warning& warning : outcome ? outcome->warnings() : outcome.error().warnings()) add(warning.message());
  require(!tells_key(told), "no-key-told", id, "its end tells the key");
}

void Witness::check_result(int id, const Result<Response>& result) {
  const CallRecord& record = call(id);
  if (record.meddled) return;
  if (plan_.calm && !record.cancelled) {
    require(result.has_value(), "calm", id, result ? "" : std::string("it failed: ") + result.error().what());
    const std::size_t rounds = static_cast<std::size_t>(record.part) + 1;
    require(record.exchanges.size() == rounds || handle_of(id).hedge, "calm", id, "it was tried again");
  }
  const Response* answer = result ? &*result : result.error().partial();
  if (answer) check_history(id, *answer);
  const std::string text = answer ? answer->content() : std::string();
  if (record.plan.streams()) {
    require(record.text == text, "delivered-once", id, "what was read differs from the answer");
    const std::size_t joints = answer ? answer->joints().size() : 0;
    require(record.joints.size() == joints, "delivered-once", id, "other joints were read than the answer has");
    for (std::size_t i = 0; i < std::min(joints, record.joints.size()); ++i) {
      require(record.joints[i].first == answer->joints()[i].position() &&
                  record.joints[i].second == answer->joints()[i].provider(),
              "delivered-once", id, "a joint was read elsewhere than the answer has it");
    }
  }
  if (result) {
    const auto good = std::count_if(result->attempts().begin(), result->attempts().end(),
                                    [](const Attempt& attempt) { return !attempt.error(); });
    // Who begins anew has more.
    require(good == record.part + 1 || (times(id) > 1 && record.plan.tools), "attempts-counted", id,
            std::to_string(good) + " attempts gave the answer");
  }
  check_voices(id, text, result.has_value());
}

/// Each text has its vector, all of a batch from one good answer to it.
void Witness::check_vectors(int id, const Embeddings& result) {
  const CallRecord& record = call(id);
  const auto as_asked = [&](bool holds, std::size_t text, const char* detail) {
    require(holds, "vectors-in-order", id, "text " + std::to_string(text) + " " + detail);
  };
  as_asked(result.size() == static_cast<std::size_t>(record.plan.texts.count), result.size(), "was the last");
  for (std::size_t i = 0; i < result.size(); ++i) {
    const Embeddings::Vector& vector = result.vector(i);
    as_asked(vector.size() >= 2 && vector.size() == result.vector(0).size(), i, "has no vector like the others");
    if (vector.size() < 2 || !(vector[0] >= 0)) return;
    const auto number = static_cast<std::size_t>(vector[0]);
    as_asked(static_cast<std::size_t>(vector[1]) == i, i, "has the vector of another one");
    as_asked(number < exchanges_.size(), i, "has a vector from nowhere");
    if (number >= exchanges_.size()) return;
    const ExchangeRecord& exchange = exchanges_[number];
    as_asked(exchange.call == id, i, "has the vector of another call");
    as_asked(exchange.ended && exchange.reply.meaning == Meaning::good, i, "has the vector of a failed batch");
    const auto first = static_cast<std::size_t>(exchange.part);
    as_asked(first <= i && vector[0] == result.vector(first)[0], i, "has the vector of another attempt at its batch");
  }
  const auto good = std::count_if(result.attempts().begin(), result.attempts().end(),
                                  [](const Attempt& attempt) { return !attempt.error(); });
  require(good == record.plan.texts.batches(), "attempts-counted", id, std::to_string(good) + " batches were answered");
  if (!plan_.calm) return;
  require(record.exchanges.size() == static_cast<std::size_t>(good) || handle_of(id).hedge, "calm", id,
          "a batch was asked again");
}

/// Each voice begins with its first word and leaves none out; none speaks twice.
void Witness::check_voices(int id, const std::string& text, bool complete) {
  const CallRecord& record = call(id);
  std::set<int> heard;
  std::size_t begin = 0;
  for (std::size_t voice = 0; voice <= record.joints.size(); ++voice) {
    const bool last = voice == record.joints.size();
    const std::size_t end = last ? text.size() : std::min(record.joints[voice].first, text.size());
    const auto words = parse_tokens(std::string_view(text).substr(begin, end - begin));
    begin = end;
    if (!words) return require(false, "delivered-once", id, "a word was cut in pieces");
    for (std::size_t i = 0; i < words->size(); ++i) {
      require((*words)[i] == Token(words->front().exchange(), static_cast<int>(i)), "delivered-once", id,
              "a word is missing, or from another answer");
    }
    if (words->empty()) continue;
    const int exchange = words->front().exchange();
    require(heard.insert(exchange).second, "delivered-once", id, "the same answer was delivered twice");
    require(exchange < static_cast<int>(exchanges_.size()) && exchanges_[static_cast<std::size_t>(exchange)].call == id,
            "delivered-once", id, "it got the answer to another call");
    if (!last || !complete) continue;
    require(static_cast<int>(words->size()) == exchanges_[static_cast<std::size_t>(exchange)].reply.tokens,
            "delivered-once", id, "the end of the answer is missing");
  }
}

}  // namespace antiphon::simulation
