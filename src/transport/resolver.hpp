#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <antiphon/engine.hpp>
#include <antiphon/error.hpp>
#include <antiphon/result.hpp>
#include <antiphon/scheduler.hpp>

namespace antiphon::inline v0::transport {

/// Looks host names up without holding anything up: each look-up has a short-lived thread, the calls that wait for the
/// same name share one, and answers are kept for a minute. libcurl never looks anything up itself: its threads would
/// be one per transfer, and giving one up would block the loop.
///
/// There are at most 64 such threads: names beyond them wait until one is free.
class Resolver {
 public:
  using Addresses = std::vector<std::string>;
  using Done = std::function<void(const Result<Addresses>&)>;
  using Ticket = std::uint64_t;
  /// Answers beyond this number go, the oldest first, though they are fresh.
  static constexpr std::size_t most_kept = 256;

  /// `look_up` runs on the look-up's thread; empty means the system's `getaddrinfo`.
  Resolver(Scheduler& scheduler, EngineOptions::Resolver look_up);
  ~Resolver();

  /// The answer kept from an earlier look-up; null when there is none that is fresh.
  const Addresses* cached(const std::string& host);
  /// `done` is called once, later, on the scheduler's thread, unless the ticket is given back first.
  Ticket resolve(const std::string& host, Done done);
  void give_up(const std::string& host, Ticket ticket);
  /// Whether the look-up of a name has not begun, because so many others are under way.
  bool is_queued(const std::string& host) const;

 private:
  enum class State { idle, queued, under_way };
  struct Entry {
    State state = State::idle;
    Addresses addresses;
    std::chrono::steady_clock::time_point expires;
    std::vector<std::pair<Ticket, Done>> waiting;
  };
  /// Outlives the resolver while threads of it are still in a look-up.
  struct Mailbox;

  void launch(const std::string& host, Entry& entry);
  void finished(const std::string& host, Result<Addresses> result);
  void forget_oldest();

  Scheduler& scheduler_;
  EngineOptions::Resolver look_up_;
  std::shared_ptr<Mailbox> mailbox_;
  std::map<std::string, Entry> entries_;
  std::deque<std::string> queue_;
  std::size_t running_ = 0;
  Ticket next_ticket_ = 1;
};

}  // namespace antiphon::inline v0::transport
