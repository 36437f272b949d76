#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/antiphon.hpp>

#include "asked.hpp"
#include "exchange_log.hpp"
#include "plan.hpp"

namespace antiphon::simulation {

/// A sentence of docs/reliability.md that did not hold.
struct Violation {
  std::string invariant;
  std::string detail;
};

/// How much goes on at the same time.
struct Width {
  int overlapping_calls;  ///< calls that were under way when another one was
  int links;              ///< that were asked
};

/// One run of a tool.
struct ToolRun {
  Time began;
  std::stop_token told_to_stop;
  std::optional<Time> ended = {};
};

/// One call as its user sees it.
struct CallRecord {
  CallPlan plan;
  std::optional<Time> started = {};
  std::optional<Time> deadline = {};
  std::optional<Time> cancelled = {};  ///< by its user, or with the engine
  std::optional<Time> ended = {};      ///< as its callbacks heard it
  bool overlaps = false;               ///< was under way when another one was
  int requests_heard = 0;
  int ends_heard = 0;
  int results = 0;
  std::optional<Result<Response>> outcome = {};  ///< as its callbacks heard it
  bool left = false;                             ///< its user does not want the result
  bool meddled = false;                          ///< a layer did more than let it pass
  std::string text = {};                         ///< content that was read, of the last round of tools
  std::vector<std::pair<std::size_t, std::string>> joints = {};
  std::vector<std::string> rounds = {};  ///< content of those before it
  bool reads_results = false;            ///< the last that was read is the result of a tool
  std::set<std::string> approved = {};   ///< calls of tools
  std::map<std::string, ToolRun> tools_run = {};
  std::vector<int> exchanges = {};
  int part = 0;                   ///< round of tools that is under way
  std::optional<int> voice = {};  ///< exchange whose content is handed out
  int cuts = 0;                   ///< voices that broke off
  /// By link and part: its entry in the list of those who were let in.
  std::map<std::pair<std::size_t, int>, std::size_t> let_in = {};
};

/// Follows everything that happens from outside and says what must not be. It knows nothing of the pipeline but what it
/// promises.
class Witness {
 public:
  Witness(const Plan& plan, Scheduler& scheduler);

  const std::optional<Violation>& violation() const { return violation_; }
  void fail(std::string invariant, std::string detail);
  CallRecord& call(int id) { return calls_[static_cast<std::size_t>(id)]; }
  const std::deque<CallRecord>& calls() const { return calls_; }
  const ExchangeRecord& exchange(int id) const { return exchanges_[static_cast<std::size_t>(id)]; }
  /// One more call; gives its number.
  int add(const CallPlan& plan);

  // The user's side.
  void starts(int call);
  void cancels(int call);
  void engine_ends();
  void leaves(int call) { this->call(call).left = true; }
  void meddles(int call) { this->call(call).meddled = true; }
  void reads(int call, const Chunk& chunk);
  void gets(int call, const Result<Response>& result);
  void gets_models(int call, const std::optional<Error>& error);
  void gets_vectors(int call, const Result<Embeddings>& result);
  void approves(int call, const std::string& tool_call) { this->call(call).approved.insert(tool_call); }
  void tool_runs(int call, const ToolCall& tool_call);
  void tool_ends(int call, const std::string& tool_call);
  void heard_request(int call);
  void heard_end(int call, const Result<Response>& outcome);

  // The provider's side.
  /// A call may make an attempt: what the authenticator sees, or else the request itself.
  void lets_in(int call, const Asked& asked);
  /// What the log says of a wait before a retry, for which everybody waits after such a failure.
  void waits(std::size_t link, Duration wait) { pause(watch_of(link), wait); }
  /// Nobody sees from outside whether it counts.
  void may_have_failed(std::size_t link) { watch_of(link).may_have_failed(now()); }
  /// Nor when, and answers before that do not make up for it.
  void may_fail_later(std::size_t link) { ++watch_of(link).late_failures; }
  ExchangeRecord& arrives(int call, const Asked& asked, bool in_model);
  void head_arrives(ExchangeRecord& exchange);
  void content_arrives(ExchangeRecord& exchange);
  void ends(ExchangeRecord& exchange);
  /// What came of content or end has happened.
  void settled(ExchangeRecord& exchange);
  void given_up(ExchangeRecord& exchange);
  /// Whoever gave it up hears now that it has ended.
  void gone(ExchangeRecord& exchange);

  /// What the breaker of a link's provider says of itself, after each step.
  void breaker_is(std::size_t link, bool closed);
  /// Looks for models whose answer nobody wants any more.
  void look_at_models();
  /// Nothing is left to do.
  void quiet();
  Width width() const;
  /// Of a run in which nobody was left out.
  void check_width();

 private:
  /// What links have in common that lead to one provider with one key.
  struct ProviderWatch {
    int most_failures() const { return all_failures - failures_before + late_failures; }
    void may_have_failed(Time now) {
      if (now != failed_last) before_the_last_instant = all_failures;
      failed_last = now;
      ++all_failures;
    }
    /// Without those of this instant.
    int failures_until(Time now) const { return now == failed_last ? before_the_last_instant : all_failures; }

    Time closed_until{};
    bool paused_once = false;
    int successes_after_pause = 0;
    int all_failures = 0;     ///< from the beginning; all counted that may be
    int failures_before = 0;  ///< so many of them before the last whole answer
    Time failed_last{};
    int before_the_last_instant = 0;
    int late_failures = 0;   ///< that may come at any time
    int least_failures = 0;  ///< in a row; only those counted that must be
    /// When it was set to 0 last: of what fails in that instant nobody sees whether it came before or after.
    std::optional<Time> counted_anew = {};
    bool breaker_closed = true;
    int closings = 0;  ///< times that content has closed the breaker
    std::vector<Time> calls = {};
    std::vector<Time> retries = {};

    /// Behind it one passes, and one more with every success.
    void paused_until(Time time) {
      closed_until = std::max(closed_until, time);
      paused_once = true;
      successes_after_pause = 0;
    }
  };
  /// One who was let in.
  struct Entrant {
    std::size_t group;
    Time at;
    double tokens;
    std::optional<int> trial = {};  ///< tries the breaker that has closed so many times
  };

  Time now() const { return scheduler_.steady_now(); }
  void require(bool holds, const char* invariant, int call, const std::string& detail);
  const LinkPlan& link_of(const ExchangeRecord& exchange) const { return plan_.links[exchange.link]; }
  ProviderWatch& watch_of(std::size_t link) { return watches_[shared_[link]]; }
  ProviderWatch& watch_of(const ExchangeRecord& exchange) { return watch_of(exchange.link); }
  const HandlePlan& handle_of(int call) { return plan_.handles[this->call(call).plan.handle]; }
  bool is_lists_models(int call) { return this->call(call).plan.kind == CallPlan::Kind::models; }
  bool is_chat(int call) { return !is_lists_models(call) && !this->call(call).plan.embeds(); }
  /// Only calls that may go elsewhere ask whether the provider rests.
  bool asks_breaker(int call) { return handle_of(call).is_fallback && !is_lists_models(call); }
  bool hedges(int call) { return handle_of(call).is_fallback && handle_of(call).hedge; }
  /// A layer begins the call, or the call to the link, anew when it failed.
  bool asks_again(int call, std::size_t link);
  /// The attempt at the same link before it, for the same piece of the answer.
  const ExchangeRecord* previous(const ExchangeRecord& exchange) const;

  /// How often it may begin anew, with its first round: once more for each layer above the rounds that asks again.
  int times(int call);
  /// The attempt of this call that asked for a tool, when its answer was whole; null for none.
  const ExchangeRecord* who_called(int call, const std::string& tool_call) const;
  void next_round(ExchangeRecord& exchange);
  Spent cost_of(const ExchangeRecord& exchange) const;
  void gets_end(int call, bool good, const std::optional<Error>& error);

  void check_wanted(int call);
  void check_rounds(const ExchangeRecord& exchange, const Asked& asked);
  void check_past_round(int call, int part, const PastRound& round);
  void check_cost(ExchangeRecord& exchange, const Asked& asked);
  void check_cost_limit(int call, const Error& error);
  void check_result_in_time(int call, const std::string& tool_call);
  void check_gate(int call, std::size_t link);
  void check_rates(int call, const Entrant& entrant, const Limits& limits);
  void check_delivery(const ExchangeRecord& exchange);
  void check_side_by_side(const ExchangeRecord& exchange);
  void check_concurrency(const ExchangeRecord& exchange);
  void check_attempts(const ExchangeRecord& exchange);
  void check_trial(const ExchangeRecord& exchange);
  void check_wait(const ExchangeRecord& exchange);
  std::ptrdiff_t calls_refused_here(std::size_t link, Time time) const;
  void check_budget(const ExchangeRecord& exchange);
  void check_list_of_attempts(int call, const std::vector<Attempt>& attempts);
  void check_secrets(int call, const Result<Response>& outcome);
  void check_result(int call, const Result<Response>& result);
  void check_history(int call, const Response& answer);
  void check_vectors(int call, const Embeddings& vectors);
  void check_voices(int call, const std::string& text, bool complete);
  void succeeded(ExchangeRecord& exchange);
  void answered(ExchangeRecord& exchange);
  void settle_usage(const ExchangeRecord& exchange);
  void heard_answer(const CallRecord& record);
  void failed(ExchangeRecord& exchange);
  bool lost_the_race(const ExchangeRecord& exchange);
  bool counts_at_once(const ExchangeRecord& exchange);
  void check_faster_answers(const ExchangeRecord& exchange);
  void cut(ExchangeRecord& exchange);
  void pause(ProviderWatch& watch, Duration duration);

  const Plan& plan_;
  Scheduler& scheduler_;
  std::deque<CallRecord> calls_;
  ExchangeLog exchanges_;
  std::vector<int> in_models_;       ///< of those the ones that a model of the user's own answers, as long as it does
  std::vector<std::size_t> shared_;  ///< by link: the first link to the same provider with the same key
  std::vector<std::size_t> groups_;  ///< by link: the first of those with the same limits
  std::vector<ProviderWatch> watches_;
  std::vector<Entrant> entrants_;
  std::optional<Violation> violation_;
};

}  // namespace antiphon::simulation
