#include <antiphon/nearest_name.hpp>

#include <gtest/gtest.h>

namespace antiphon {
namespace {

const std::vector<std::string> names = {"max_attempts", "max_delay", "n", "retry", "temperature"};

TEST(NearestName, LettersThatAreWrongMissingOrSwapped) {
  EXPECT_EQ(nearest_name("max_atempts", names), "max_attempts");
  EXPECT_EQ(nearest_name("max_dealy", names), "max_delay");
  EXPECT_EQ(nearest_name("retri", names), "retry");
}

TEST(NearestName, CapitalsDashesAndUnderscoresMakeNoDifference) {
  EXPECT_EQ(nearest_name("MaxAttempts", names), "max_attempts");
  EXPECT_EQ(nearest_name("--max-delay", names), "max_delay");
}

TEST(NearestName, ABeginningWillDo) {
  EXPECT_EQ(nearest_name("temp", names), "temperature");
  EXPECT_EQ(nearest_name("tem", names), "") << "that is too short to say what was meant";
}

TEST(NearestName, NothingThatIsNotNear) {
  EXPECT_EQ(nearest_name("frobnicate", names), "");
  EXPECT_EQ(nearest_name("m", names), "");
  EXPECT_EQ(nearest_name("", names), "");
  EXPECT_EQ(nearest_name("retry", {}), "");
}

TEST(NearestName, NamesOfAnyLengthAreNoWork) {
  const std::string long_name(1'000'000, 'a');
  EXPECT_EQ(nearest_name(long_name, names), "");
  EXPECT_EQ(nearest_name("aaaa", {long_name}), "");
}

}  // namespace
}  // namespace antiphon
