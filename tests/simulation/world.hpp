#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <antiphon/antiphon.hpp>

#include "file_witness.hpp"
#include "network.hpp"
#include "plan.hpp"
#include "support/virtual_scheduler.hpp"
#include "user.hpp"
#include "witness.hpp"

namespace antiphon::simulation {

/// One run: an engine of the shipped library on a virtual clock, providers that fare as planned, users that call, and
/// the witness of it all.
class World : public NetworkWatcher, public UserWorld {
 public:
  /// Without the calls that are left out. `trace` gets a line for everything that happens; null for none.
  World(const Plan& plan, const std::set<int>& left_out, std::ostream* trace);
  ~World() override;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// How much goes on at the same time in it, once it has run.
  Width width() const { return width_; }
  /// What did not hold; nothing when everything did.
  std::optional<Violation> run();

  // For layers, credentials and models of the users' own.
  Scheduler& scheduler() override { return scheduler_; }
  Witness& witness() override { return witness_; }
  /// Everything goes well from now on.
  bool calm() const override { return calm_; }
  bool racing() const { return plan_.racing; }
  /// And at once.
  bool fast() const { return calm_ && !plan_.calm; }
  Dice dice_for(std::uint64_t what, std::uint64_t which) const override {
    return Dice(plan_.seed).for_the(what, which);
  }
  Mood mood(std::size_t endpoint);
  void note(const std::string& what) override;
  void lets_in(int call, const Asked& asked);
  ExchangeRecord& asked_model(int call, const Asked& asked);
  Question question(const ExchangeRecord& exchange);
  /// Whether layers and credentials do nothing to a call.
  bool spares(int call) { return calm_ || witness_.call(call).plan.gets_through; }
  bool in_tool_loop(int call) { return witness_.call(call).plan.tools.has_value(); }

 private:
  class Log;

  // What goes over the network.
  ExchangeRecord& arrives(const HttpRequest& request) override;
  void head_arrives(ExchangeRecord& exchange) override;
  void content_arrives(ExchangeRecord& exchange) override;
  void ends(ExchangeRecord& exchange, bool with_error) override;
  void settled(ExchangeRecord& exchange) override;
  void given_up(ExchangeRecord& exchange) override;
  void gone(ExchangeRecord& exchange) override;

  ExchangeRecord& token_asked();
  ExchangeRecord& file_asked(const HttpRequest& request, const FileAddress& address);

  void make_engine();
  void make_links();
  void make_handles();
  Provider make_link(std::size_t index);
  Provider make_handle(const HandlePlan& plan, std::size_t index);
  FallbackLink make_rule(const RulePlan& plan);
  Callbacks callbacks_of(std::optional<std::size_t> handle);
  Provider with_log(const Provider& provider);
  Provider with_prices(const Provider& provider, const LinkPlan& plan);
  void work(std::function<void()> task);

  void start_calls(const std::set<int>& left_out);
  void start_at(Duration start, std::vector<User*> users);
  bool run_until_quiet();
  void look_at_breakers();
  void check_permits();
  bool can_embed(const HandlePlan& handle) const;
  CallPlan easy_call(std::size_t handle);
  void recover();

  const Plan& plan_;
  std::ostream* trace_;
  test::VirtualScheduler scheduler_;
  Time began_ = scheduler_.steady_now();
  Witness witness_;
  FileWitness files_{plan_, witness_, scheduler_};
  ExchangeLog tokens_;
  std::optional<Engine> engine_;
  std::shared_ptr<Log> log_;
  std::vector<Provider> links_;
  std::vector<Provider> handles_;
  std::vector<std::unique_ptr<User>> users_;
  std::uint64_t tasks_ = 0;  ///< that were given to workers
  bool calm_ = false;
  bool whole_;  ///< nobody was left out
  Width width_ = {};
};

}  // namespace antiphon::simulation
