#include "core/duration_text.hpp"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

TEST(DurationText, WholeSecondsAreSeconds) {
  EXPECT_EQ(in_words(2s), "2 s");
  EXPECT_EQ(in_words(90s), "90 s");
  EXPECT_EQ(in_words(1500ms), "1500 ms");
  EXPECT_EQ(in_words(20ms), "20 ms");
  EXPECT_EQ(in_words(0s), "0 ms");
}

TEST(DurationText, FieldsHaveMilliseconds) {
  EXPECT_EQ(in_milliseconds(2s), "2000");
  EXPECT_EQ(in_milliseconds(1999us), "1");
}

}  // namespace
}  // namespace antiphon
