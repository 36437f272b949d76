#include "json/blanks.hpp"

#include <gtest/gtest.h>

#include <string>

namespace antiphon {
namespace {

using json::without_blanks;

TEST(WithoutBlanks, BetweenTokensOnly) {
  EXPECT_EQ(without_blanks(" {\n\t\"a b\" :\r [ 1 , -2.50 , true , null , { } ] } "),
            R"({"a b":[1,-2.50,true,null,{}]})");
  EXPECT_EQ(without_blanks(R"({ "q" : "say \" x \\", "r" : " \\\" " })"), R"({"q":"say \" x \\","r":" \\\" "})");
  EXPECT_EQ(without_blanks(" 7 "), "7");
  EXPECT_EQ(without_blanks(""), "");
}

TEST(WithoutBlanks, OfLongTexts) {
  // Read in blocks of 64 bytes, and the last one in another way.
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string text = "\"" + std::string(size, ' ') + "\\\"\"";
    EXPECT_EQ(without_blanks("[ " + text + " , " + text + " ]"), "[" + text + "," + text + "]") << size;
  }
}

TEST(WithoutBlanks, AStringWithoutAnEndStays) { EXPECT_EQ(without_blanks(R"([ "a b ])"), R"([ "a b ])"); }

}  // namespace
}  // namespace antiphon
