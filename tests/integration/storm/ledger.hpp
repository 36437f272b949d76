#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/callbacks.hpp>
#include <antiphon/response.hpp>
#include <antiphon/result.hpp>

namespace antiphon::test {

/// What became of every call: told by its callbacks, and by what its caller got.
class Ledger {
 public:
  struct Entry {
    int ended = 0;             ///< how often the callbacks heard of an end
    int returned = 0;          ///< how often the caller got a result
    bool wanted = true;        ///< the caller waited for the result
    bool may_be_late = false;  ///< the call has a deadline of its own
    std::optional<ErrorKind> error;
    std::string what;
    std::vector<Attempt> attempts;
    std::size_t joints = 0;
    std::string asked;  ///< who and how, for those who read a failure
  };

  /// Number of a new call. It travels in the header `x-call`.
  int begin(bool may_be_late, std::string asked);
  Callbacks callbacks();
  /// The caller got this, and has read `shown` before, if it was a stream.
  void returned(int call, const Result<Response>& result, const std::optional<std::string>& shown = std::nullopt);
  /// The caller went away before the end.
  void left(int call);

  std::vector<Entry> entries() const;

 private:
  static int call_of(const Request& request);
  template <class Change>
  void edit(int call, Change change);

  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace antiphon::test
