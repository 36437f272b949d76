#pragma once

#include <deque>
#include <string>
#include <vector>

#include <antiphon/http.hpp>

#include "exchange_log.hpp"
#include "file_address.hpp"
#include "witness.hpp"

namespace antiphon::simulation {

/// Follows the files that calls fetch from where URLs point, and says what must not be.
class FileWitness {
 public:
  FileWitness(const Plan& plan, Witness& witness, Scheduler& scheduler)
      : plan_(plan), witness_(witness), scheduler_(scheduler) {}

  /// A file is asked for; the reply is for the caller to make.
  ExchangeRecord& arrives(const HttpRequest& request, const FileAddress& address);
  void ends(ExchangeRecord& exchange);
  void given_up(ExchangeRecord& exchange);
  /// A request goes to a provider, with files in it perhaps.
  void sent(int call, std::size_t link, const std::string& body);
  /// Looks for what goes on too long, after each step.
  void look();
  /// Nothing is left to do: looks whether answers tell of what was left out.
  void quiet();

 private:
  struct Record {
    FileAddress address;
    Time began;  ///< with the first of its redirects
    Time until;  ///< it may take
    ExchangeRecord exchange;
  };

  Time now() const { return scheduler_.steady_now(); }
  void require(bool holds, const char* invariant, const FileAddress& address, const std::string& detail);
  const FilePlan& plan_of(const FileAddress& address);
  /// The call's, or else that of the link; null for none.
  const FetchPolicy* policy_of(int call, std::size_t link) const;
  /// Under which a link may have that file fetched, each once; which link it is nobody sees.
  std::vector<FetchPolicy> policies_for(const FileAddress& address);
  Time began(const FileAddress& address);
  Time latest_end(const FileAddress& address, Time began);
  bool needs_bytes(std::size_t link, const FilePlan& file) const;
  /// Whether the call has files fetched for that link. Those that it needs are left out of its requests else.
  bool fetches(int call, std::size_t link) const {
    const FetchPolicy* policy = policy_of(call, link);
    return policy && policy->allowed();
  }
  void check_allowed(const HttpRequest& request, const FileAddress& address);
  void check_once(const FileAddress& address);
  void check_time(const Record& record);
  void check_fetched(const FileAddress& address, const FetchPolicy& policy, const std::string& bytes,
                     const std::string& body);
  void check_left_out(const FileAddress& address, const std::string& bytes, const std::string& body);
  void check_warnings(int call, const Response& answer);
  void leaves(const ExchangeRecord& exchange);

  const Plan& plan_;
  Witness& witness_;
  Scheduler& scheduler_;
  std::deque<Record> records_;
  std::vector<int> under_way_;
};

}  // namespace antiphon::simulation
