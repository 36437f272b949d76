#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "protocol.hpp"
#include "scenario_data.hpp"

namespace antiphon::inline v0::simulator {

/// Puts the faults of a scenario into the events of an answer, which can be made anew. `fault` outlives it.
class FaultyEvents : public EventSource {
 public:
  using Maker = std::function<std::unique_ptr<EventSource>()>;
  FaultyEvents(Maker maker, const Protocol& protocol, const EventFault& fault)
      : maker_(std::move(maker)), source_(maker_()), protocol_(protocol), fault_(fault) {}
  bool next(Event& event) override;

 private:
  void give_failure(const Failure& failure);
  void take(Event event);
  void damage(Event& event);

  Maker maker_;
  std::unique_ptr<EventSource> source_;
  const Protocol& protocol_;
  const EventFault& fault_;
  std::deque<Event> ready_;
  std::uint64_t given_ = 0;
  bool utf8_broken_ = false;
  bool restarted_ = false;
  bool ended_ = false;
};

/// The same for the body of a whole answer, which counts as event 0.
std::string damaged_body(std::string body, const EventFault& fault);

}  // namespace antiphon::inline v0::simulator
