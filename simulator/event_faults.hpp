#pragma once

#include <deque>
#include <memory>

#include "protocol.hpp"
#include "scenario_data.hpp"

namespace antiphon::inline v0::simulator {

/// Puts the faults of a scenario into the events of an answer. `fault` outlives it.
class FaultyEvents : public EventSource {
 public:
  FaultyEvents(std::unique_ptr<EventSource> source, const Protocol& protocol, const EventFault& fault)
      : source_(std::move(source)), protocol_(protocol), fault_(fault) {}
  bool next(Event& event) override;

 private:
  void give_failure(const Failure& failure);
  void take(Event event);
  void damage(Event& event);

  std::unique_ptr<EventSource> source_;
  const Protocol& protocol_;
  const EventFault& fault_;
  std::deque<Event> ready_;
  std::uint64_t given_ = 0;
  bool utf8_broken_ = false;
  bool ended_ = false;
};

/// The same for the body of a whole answer, which counts as event 0.
std::string damaged_body(std::string body, const EventFault& fault);

}  // namespace antiphon::inline v0::simulator
