#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "dice.hpp"
#include "reply.hpp"

namespace antiphon::simulation {

/// Millionths of a dollar that answers cost.
struct Spent {
  std::int64_t least = 0;
  bool known = true;  ///< no answer left out what it used

  /// Whether the limit may have been kept.
  bool is_below(int limit) const { return known && least < limit; }
  Spent& operator+=(const Spent& other) { return least += other.least, known = known && other.known, *this; }
};

/// One attempt as the other side sees it: a request at a provider, or a question to a model of the user's own.
struct ExchangeRecord {
  int id;
  int call;
  std::size_t link;
  Time started;
  Reply reply;
  bool streams;
  bool in_model;
  std::size_t said;  ///< bytes of the answer that go along, to be continued; 0 for an attempt at all of it
  int part = 0;      ///< of its call: which round of tools, or the first text of a batch
  int texts = 0;     ///< of a batch
  bool offers_tools = false;
  bool is_file = false;     ///< no question to a model, but a file for one
  Spent spent_before = {};  ///< for the rounds of tools before it
  std::size_t let_in = 0;   ///< its entry in the list of those who were let in
  std::function<bool()> cancelled_in_model = {};
  std::optional<Time> spoke = {};    ///< first piece of content
  std::optional<Time> gave_up = {};  ///< whoever asked cancelled it
  std::optional<Time> ended = {};
  int status = 0;
  bool finish_heard = false;  ///< the end of all that is said has come
  bool usage_heard = false;
  bool complete = false;    ///< everything that was to come has come
  int failures_before = 0;  ///< of its provider, when its answer was complete

  /// For the same piece of the same call's answer.
  bool is_for(std::size_t other_said, int other_part) const { return said == other_said && part == other_part; }
  bool given_up() const { return gave_up || (cancelled_in_model && cancelled_in_model()); }
  bool under_way() const { return !ended && !given_up(); }
};

using ExchangeLog = std::deque<ExchangeRecord>;

}  // namespace antiphon::simulation
