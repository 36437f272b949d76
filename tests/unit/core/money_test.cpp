// Money: exact, never a floating-point number, and unknown is not zero.

#include <antiphon/money.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <utility>

#include <antiphon/error.hpp>

namespace antiphon::tests {
namespace {

constexpr std::int64_t million = 1'000'000;

TEST(Money, KeepsEveryDigit) {
  EXPECT_EQ(Money("0.25").digits(), "0.25");
  EXPECT_EQ(Money("12").digits(), "12");
  EXPECT_EQ(Money("007.50").digits(), "7.5");
  EXPECT_EQ(Money("0").digits(), "0");
  EXPECT_EQ(Money("0.000000000000000001").digits(), "0.000000000000000001");
  EXPECT_EQ(Money("999999999999999999.999999999999999999").digits(), "999999999999999999.999999999999999999");
}

TEST(Money, RefusesWhatIsNoAmount) {
  for (const char* text : {"", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "$1", " 1", "1 ", "0x1", "1.2.3", "NaN",
                           "0.0000000000000000001", "1000000000000000000"}) {
    try {
      const Money money(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config) << text;
    }
  }
}

TEST(Money, AddsWithoutLoss) {
  Money sum = Money::zero();
  for (int i = 0; i < 10; ++i) sum += Money("0.1");
  EXPECT_EQ(sum, Money("1"));
  EXPECT_EQ((Money("1.999999999999999999") + Money("0.000000000000000001")).digits(), "2");
}

TEST(Money, UnknownIsNotZero) {
  const Money unknown;
  EXPECT_FALSE(unknown.known());
  EXPECT_NE(unknown, Money::zero());
  EXPECT_EQ(to_string(unknown), "?");
  const Money partly = Money("0.25") + unknown;
  EXPECT_FALSE(partly.known());
  EXPECT_EQ(partly.at_least(), Money("0.25"));
  EXPECT_EQ(to_string(partly), "≥$0.2500");
  EXPECT_FALSE(unknown < Money("1"));
  EXPECT_FALSE(unknown > Money("1"));
  EXPECT_FALSE(unknown.times(3).known());
}

TEST(Money, Compares) {
  EXPECT_LT(Money("0.1"), Money("0.10000001"));
  EXPECT_GT(Money("2"), Money("1.9"));
  EXPECT_EQ(Money("1.50"), Money("1.5"));
}

TEST(Money, OfAMillionIsExact) {
  EXPECT_EQ(Money("0.003").times(1, million).digits(), "0.000000003");
  EXPECT_EQ(Money("1.25").times(123457, million).digits(), "0.15432125");
  EXPECT_EQ(Money("0.1").times(0), Money::zero());
  EXPECT_EQ(Money("1").times(2, 3).digits(), "0.666666666666666667");
  // Three dollars seventy-five for each of 10¹⁵ tokens, and nothing overflows.
  EXPECT_EQ(Money("3.75").times(1'000'000'000'000'000).digits(), "3750000000000000");
}

TEST(Money, StaysAtItsEnd) {
  const Money most = Money("999999999999999999").times(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(most.digits().substr(0, 19), std::to_string(std::numeric_limits<std::int64_t>::max()));
  EXPECT_GE(most + most, most);
  EXPECT_EQ((most + Money("1")).digits().substr(0, 19), std::to_string(std::numeric_limits<std::int64_t>::max()));
}

TEST(Money, PrintsFourDecimalsAndMoreWhereNoneWouldShow) {
  const std::pair<const char*, const char*> cases[] = {
      {"0", "$0.0000"},         {"1", "$1.0000"},
      {"0.25", "$0.2500"},      {"0.0004", "$0.0004"},
      {"0.00045", "$0.00045"},  {"0.0012345", "$0.0012"},
      {"0.00005", "$0.00005"},  {"0.000000035", "$0.000000035"},
      {"0.99995", "$1.0000"},   {"0.99994", "$0.9999"},
      {"12.34565", "$12.3457"}, {"0.000000000000000001", "$0.000000000000000001"},
  };
  for (const auto& [exact, shown] : cases) EXPECT_EQ(to_string(Money(exact)), shown);
  std::ostringstream out;
  out << Money("3.5");
  EXPECT_EQ(out.str(), "$3.5000");
}

}  // namespace
}  // namespace antiphon::tests
