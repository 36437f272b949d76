#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "transport/resolver.hpp"

namespace antiphon::inline v0::transport {

/// What libcurl has been told of names and their addresses, by CURLOPT_RESOLVE. It keeps that for good, so the oldest
/// of those that no transfer needs are taken back when they become too many.
class ToldNames {
 public:
  static constexpr std::size_t most_kept = 256;

  /// A transfer needs `name`, a host and its port, until it gives it back. The lines are what libcurl has to be told
  /// with that transfer.
  std::vector<std::string> take(const std::string& name, const Resolver::Addresses& addresses);
  /// libcurl has read those lines.
  void has_read(const std::string& name, Resolver::Addresses addresses);
  void give_back(const std::string& name);

 private:
  struct Entry {
    Resolver::Addresses addresses;  ///< empty until libcurl has read them
    std::size_t transfers = 0;
    std::uint64_t given_back = 0;  ///< the later, the higher
  };
  using Names = std::map<std::string, Entry>;
  Names::iterator oldest_unneeded();

  Names names_;
  std::uint64_t times_given_back_ = 0;
};

}  // namespace antiphon::inline v0::transport
