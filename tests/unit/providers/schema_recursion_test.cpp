// JSON Schemas that hold themselves (providers.md §3.6, trap 78).

#include "providers/schema_recursion.hpp"

#include <gtest/gtest.h>

#include <string>

namespace antiphon::tests {
namespace {

using codec::holds_itself;

TEST(SchemaRecursion, IsAReferenceToWhatItStandsIn) {
  EXPECT_TRUE(holds_itself(R"({"$ref":"#"})"));
  EXPECT_TRUE(holds_itself(R"({"properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}})"));
  EXPECT_TRUE(
      holds_itself(R"({"properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"items":{"$ref":"#/$defs/A"}}}})"));
  EXPECT_TRUE(holds_itself(R"({"properties":{"a":{"properties":{"b":{"$ref":"#/properties/a"}}}}})"));
  EXPECT_TRUE(holds_itself(R"({"$defs":{"x/y":{"items":{"$ref":"#/$defs/x~1y"}}}})"));
}

TEST(SchemaRecursion, GoesOverOthersToo) {
  EXPECT_TRUE(holds_itself(R"({"$ref":"#/$defs/A","$defs":{"A":{"items":{"$ref":"#/$defs/B"}},)"
                           R"("B":{"items":{"$ref":"#/$defs/C"}},"C":{"not":{"$ref":"#/$defs/A"}}}})"));
}

TEST(SchemaRecursion, IsNoOtherReference) {
  EXPECT_FALSE(holds_itself(R"({"type":"object"})"));
  EXPECT_FALSE(holds_itself(R"({"properties":{"a":{"$ref":"#/$defs/A"},"b":{"$ref":"#/$defs/A"}},)"
                            R"("$defs":{"A":{"items":{"$ref":"#/$defs/B"}},"B":{"type":"string"}}})"));
  // Names that only begin alike.
  EXPECT_FALSE(
      holds_itself(R"({"$defs":{"A":{"type":"string"},"AB":{"$ref":"#/$defs/A"},"A-B":{"$ref":"#/$defs/A"}}})"));
  // A property of that name, and a schema from elsewhere.
  EXPECT_FALSE(holds_itself(R"({"properties":{"$ref":{"type":"string"}}})"));
  EXPECT_FALSE(holds_itself(R"({"$ref":"https://x.example/schema"})"));
}

TEST(SchemaRecursion, OfManyIsFoundInTime) {
  std::string chain = R"({"$defs":{)";
  constexpr int length = 20'000;
  for (int each = 0; each < length; ++each) {
    chain += "\"D" + std::to_string(each) + R"(":{"$ref":"#/$defs/D)" + std::to_string(each + 1) + "\"},";
  }
  EXPECT_FALSE(holds_itself(chain + "\"D" + std::to_string(length) + R"(":{}}})"));
  EXPECT_TRUE(holds_itself(chain + "\"D" + std::to_string(length) + R"(":{"$ref":"#/$defs/D0"}}})"));
}

}  // namespace
}  // namespace antiphon::tests
