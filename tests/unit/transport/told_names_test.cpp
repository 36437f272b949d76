// What libcurl is told of host names. The lines are those of CURLOPT_RESOLVE, as libcurl's manual has them:
// `HOST:PORT:ADDRESS,...` adds, `-HOST:PORT` removes.

#include "transport/told_names.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace antiphon::transport {
namespace {

using Lines = std::vector<std::string>;

const Resolver::Addresses addresses{"127.0.0.1", "::1"};

std::string name_of(std::size_t number) { return "host" + std::to_string(number) + ":443"; }

/// One transfer, from its beginning to its end.
Lines use(ToldNames& names, const std::string& name, const Resolver::Addresses& where = addresses) {
  Lines lines = names.take(name, where);
  names.has_read(name, where);
  names.give_back(name);
  return lines;
}

TEST(ToldNames, AreToldOnceUntilTheirAddressesChange) {
  ToldNames names;
  EXPECT_EQ(use(names, "host:443"), Lines{"host:443:127.0.0.1,[::1]"});
  EXPECT_EQ(use(names, "host:443"), Lines{});
  EXPECT_EQ(use(names, "host:80"), Lines{"host:80:127.0.0.1,[::1]"});
  EXPECT_EQ(use(names, "host:443", {"127.0.0.2"}), Lines{"host:443:127.0.0.2"});
}

TEST(ToldNames, AreToldAgainWhenNobodyHasReadThem) {
  ToldNames names;
  names.take("host:443", addresses);
  names.give_back("host:443");
  EXPECT_EQ(use(names, "host:443"), Lines{"host:443:127.0.0.1,[::1]"});
}

TEST(ToldNames, TheOldestIsTakenBackWhenThereAreTooMany) {
  ToldNames names;
  for (std::size_t number = 0; number < ToldNames::most_kept; ++number) use(names, name_of(number));
  use(names, name_of(0));
  EXPECT_EQ(use(names, "another:443"), (Lines{"another:443:127.0.0.1,[::1]", "-host1:443"}));
  EXPECT_EQ(use(names, name_of(0)), Lines{});
  EXPECT_EQ(use(names, name_of(1)), (Lines{"host1:443:127.0.0.1,[::1]", "-host2:443"}));
}

TEST(ToldNames, NoneIsTakenBackThatATransferNeeds) {
  ToldNames names;
  for (std::size_t number = 0; number <= ToldNames::most_kept; ++number) {
    EXPECT_EQ(names.take(name_of(number), addresses).size(), 1U);
  }
  names.give_back(name_of(7));
  EXPECT_EQ(names.take("another:443", addresses), (Lines{"another:443:127.0.0.1,[::1]", "-host7:443"}));
  // As soon as they are free, all that are too many.
  names.give_back(name_of(8));
  names.give_back(name_of(9));
  EXPECT_EQ(names.take("third:443", addresses), (Lines{"third:443:127.0.0.1,[::1]", "-host8:443", "-host9:443"}));
}

}  // namespace
}  // namespace antiphon::transport
