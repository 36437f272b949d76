#pragma once

#include "outlet.hpp"
#include "recorder.hpp"
#include "rule_book.hpp"

namespace antiphon::inline v0::simulator {

/// `connection`, `request`, …
std::string_view name_of(SimulatorEvent event);

/// The simulator's own paths, for tests in another process: `/_simulator/requests`, `stats`, `wait`, `scenario` and
/// `reset`.
class Control {
 public:
  /// `replace` takes a new scenario and may throw `ScenarioError`.
  Control(Recorder& recorder, std::function<void(std::shared_ptr<const ScenarioData>)> replace,
          std::function<void()> reset);
  Task<void> serve(const RecordedRequest& request, Outlet& outlet);

 private:
  std::string change_scenario(const RecordedRequest& request, int& status);
  Task<std::string> wait(const RecordedRequest& request, Outlet& outlet, int& status);

  Recorder& recorder_;
  std::function<void(std::shared_ptr<const ScenarioData>)> replace_;
  std::function<void()> reset_;
};

}  // namespace antiphon::inline v0::simulator
