#pragma once

#include "gzip.hpp"
#include "outlet.hpp"
#include "plan.hpp"
#include "recorder.hpp"

namespace antiphon::inline v0::simulator {

/// Carries out a plan: one request, one answer, with the waits and faults the scenario wants.
class Exchange {
 public:
  Exchange(Plan plan, const RecordedRequest& request, std::uint64_t number, Outlet& outlet, Recorder& recorder);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  Task<void> run();

 private:
  Task<void> answer();
  Task<void> answer_without_http();
  Task<bool> begin();
  Task<bool> send_all();
  Task<bool> send(std::string_view bytes);
  Task<bool> send_encoded(std::string_view bytes);
  /// Waits, and pings meanwhile where `pings` allows it.
  Task<bool> pause(Milliseconds time, bool pings);
  Task<bool> pause_until(Clock::time_point time, bool pings);
  /// Waits for the client to go.
  Task<void> hang(bool pings);
  Head make_head();
  void cut();
  void leave(bool by_client);

  Plan plan_;
  const RecordedRequest& request_;
  std::uint64_t number_;
  Outlet& outlet_;
  Recorder& recorder_;
  std::optional<Gzip> gzip_;
  std::uint64_t body_bytes_ = 0;
  Clock::time_point last_byte_ = Clock::now();
  bool in_stream_ = false;
  bool left_ = false;
};

}  // namespace antiphon::inline v0::simulator
