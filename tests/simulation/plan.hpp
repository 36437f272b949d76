#pragma once

#include <algorithm>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <antiphon/antiphon.hpp>

#include "dice.hpp"

namespace antiphon::simulation {

/// What a provider does for a while.
enum class Mood {
  healthy,
  flaky,
  refusing_connections,
  silent,
  overloaded,
  failing,
  limited,
  cutting,
  slow,
  odd,
  wants_other_key
};
inline constexpr Mood last_mood = Mood::wants_other_key;

/// A provider: an address with a key, and how it fares over time.
struct EndpointPlan {
  enum class Protocol { openai, ollama, model };
  static constexpr Protocol last_protocol = Protocol::model;
  struct Spell {
    Duration until;
    Mood mood;
  };

  std::string host;
  Protocol protocol;
  bool at_home;               ///< OpenAI at its own address
  std::vector<Spell> spells;  ///< healthy after the last
};

/// What the user's own layer does to a call.
enum class Meddling {
  nothing,
  passes,
  hops,
  filters,
  asks_again,
  answers_itself,
  throws,
  throws_late,
  lets_go,
  gives_up,
  answers_late,
  speaks_first,
  consoles
};
inline constexpr Meddling last_meddling = Meddling::consoles;

enum class Credentials { key, late, renewed, refused, thrown, fetched };
inline constexpr Credentials last_credentials = Credentials::fetched;

/// What is known of a model: dollars for a million tokens, which is millionths of a dollar for one.
struct PricePlan {
  std::optional<int> input;
  std::optional<int> output;
  bool only_embeds;
  std::optional<int> context_window;

  /// Whether what an answer costs can be known.
  bool complete() const { return input && output; }
};

/// A model at an endpoint, as `create_provider` gets it.
struct LinkPlan {
  /// What a bounded link takes of one answer, in bytes.
  static constexpr std::size_t bound = 10'000;

  std::size_t endpoint;
  const char* model;  ///< those of other names are others, but for a tag
  bool has_key;
  bool bounded;
  std::optional<PricePlan> prices;
  RetryConfig retry;
  Limits limits;
  Timeouts timeouts;
  Credentials credentials;
  Meddling meddling;
  bool own_options;                     ///< that complete those of each call
  std::optional<FetchPolicy> fetching;  ///< among them
};

/// One link of a fallback, with its rules.
struct RulePlan {
  std::size_t link;
  std::optional<Duration> first_content_within;
  bool picky;  ///< has a predicate that rejects some answers and throws on others
  double weight;
  std::optional<double> price;
  std::optional<std::int64_t> context_window;
  std::set<ErrorKind> leaves_besides;
  std::set<ErrorKind> stays_on;
};

/// What calls are made through: one link, or several.
struct HandlePlan {
  std::vector<RulePlan> links;
  bool is_fallback;
  std::size_t nested;  ///< so many of the first links are a `FallbackProvider` inside; 0 for none
  FallbackStrategy strategy;
  std::chrono::milliseconds max_wait;
  CircuitBreakerConfig breaker;
  std::optional<std::chrono::milliseconds> hedge;
  Meddling meddling;
};

/// The tools of a call, and how they are run.
struct ToolsPlan {
  int max_steps;
  int max_calls;
  AtToolLimit at_limit;
  int concurrency;
  std::optional<Duration> max_time;
  std::optional<Duration> tool_timeout;
  std::optional<int> max_cost;  ///< millionths of a dollar
  bool approves;                ///< is asked before each call
  bool has_his_own;             ///< one of them has no function: its calls are the user's to answer
  bool must_call;               ///< in the first answer
  bool may_call;                ///< as it would without being told so
};

/// The texts of a call for embeddings.
struct TextsPlan {
  /// OpenAI takes two of them at once, and not three.
  static constexpr int long_text = 110'000;

  int count;
  std::optional<int> batch_size;
  int concurrency;
  int bytes;                         ///< of each, but for its number
  std::optional<int> most_by_bytes;  ///< so many of them its providers take at once

  int batches() const {
    int most = std::max(count, 1);
    if (batch_size && *batch_size > 0) most = std::min(most, *batch_size);
    if (most_by_bytes) most = std::min(most, *most_by_bytes);
    return (count + most - 1) / most;
  }
};

/// A picture, document or recording that a call gives by its URL.
struct FilePlan {
  PartKind kind;
  bool is_bare;     ///< its address has no path
  bool is_private;  ///< at an address of no public network
  bool is_secure;   ///< fetched by HTTPS
  bool is_nowhere;  ///< its address names no host
  int bytes;
};

/// What few calls ask for.
enum class Oddity {
  none,
  foreign_options,  ///< that mean nothing to these providers
  strict,           ///< and must not be dropped
  two_choices,
  endless_deadline,
  no_batch,  ///< batches of no text
  no_concurrency,
  no_text,  ///< one of several is empty
  no_time   ///< timeouts of zero
};

/// All of a call, and whether they may be fetched.
struct FilesPlan {
  std::vector<FilePlan> files;
  std::optional<FetchPolicy> policy;
};

/// A call, and what its user does.
struct CallPlan {
  enum class Kind {
    chat,
    chat_coroutine,
    stream_for_each,
    stream_coroutine,
    stream_on_executor,
    collect,
    models,
    embed,
    embed_coroutine
  };
  enum class Leaving { stays, stops, cancels, destroys, breaks };

  std::size_t handle;
  Duration start;
  Kind kind;
  Leaving leaving;
  Duration leaves_after;  ///< of its start
  int breaks_after;       ///< chunks
  Duration pause;         ///< between two chunks, of a slow reader
  std::optional<Duration> deadline;
  Continuation continuation;
  std::optional<std::int64_t> max_tokens;
  int prompt_bytes;
  bool raw_events;
  Oddity oddity;
  bool extras;        ///< fields beside those that the library knows, and timeouts of its own
  bool patient;       ///< without any timeout
  bool gets_through;  ///< the user's own layers and credentials let it pass
  std::optional<ToolsPlan> tools;
  TextsPlan texts;  ///< of one for embeddings
  FilesPlan files;

  /// As soon as there is something to read.
  bool reads_at_once() const { return kind == Kind::stream_for_each || kind == Kind::collect; }
  bool has_foreign_options() const { return oddity == Oddity::foreign_options || oddity == Oddity::strict; }
  bool embeds() const { return kind == Kind::embed || kind == Kind::embed_coroutine; }
  bool streams() const {
    return kind != Kind::chat && kind != Kind::chat_coroutine && kind != Kind::models && !embeds();
  }
};

/// Everything that is drawn before a run begins. So many calls overlap another one and so many links are asked,
/// whatever happens.
struct Plan {
  static constexpr int least_overlapping_calls = 20;
  static constexpr int least_links = 2;

  explicit Plan(std::uint64_t seed);

  std::uint64_t seed;
  bool calm;    ///< nothing goes wrong in this run
  bool logged;  ///< somebody listens to its events
  bool racing;  ///< providers answer side by side and shortly, models at length, and readers break off
  std::vector<EndpointPlan> endpoints;
  std::vector<LinkPlan> links;
  std::vector<HandlePlan> handles;
  std::vector<CallPlan> calls;
  std::optional<Duration> engine_ends;
};

/// For whoever reads a trace.
void describe(const Plan& plan, std::ostream& out);

}  // namespace antiphon::simulation
