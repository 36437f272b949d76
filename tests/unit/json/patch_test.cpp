#include "json/patch.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <antiphon/error.hpp>

namespace antiphon::test {
namespace {

TEST(Patch, TakesThePlaceOfWhatIsThere) {
  EXPECT_EQ(json::set_at(R"({"a": 1, "b": {"c": [1,2]}})", "/a", "2"), R"({"a": 2, "b": {"c": [1,2]}})");
  EXPECT_EQ(json::set_at(R"({"a": 1, "b": {"c": [1,2]}})", "/b/c/1", "\"x\""), R"({"a": 1, "b": {"c": [1,"x"]}})");
  EXPECT_EQ(json::set_at(R"({"a": 1.0, "b": {"c": [1,2]}})", "/b", "null"), R"({"a": 1.0, "b": null})");
}

TEST(Patch, MakesWhatIsMissing) {
  EXPECT_EQ(json::set_at("{}", "/a", "1"), R"({"a":1})");
  EXPECT_EQ(json::set_at("{ }", "/a/b", "1"), R"({ "a":{"b":1}})");
  EXPECT_EQ(json::set_at(R"({"a":{}})", "/a/b/c", "[]"), R"({"a":{"b":{"c":[]}}})");
  EXPECT_EQ(json::set_at(R"({"a":[1]})", "/a/-", "2"), R"({"a":[1,2]})");
  EXPECT_EQ(json::set_at(R"({"a":[]})", "/a/0/b", "2"), R"({"a":[{"b":2}]})");
}

TEST(Patch, NamesMayHoldSlashesAndQuotes) {
  EXPECT_EQ(json::set_at("{}", "/a~1b~0c", "1"), R"({"a/b~c":1})");
  EXPECT_EQ(json::set_at(R"({"a/b":1})", "/a~1b", "2"), R"({"a/b":2})");
  EXPECT_EQ(json::set_at("{}", "/\"", "1"), R"({"\"":1})");
  EXPECT_EQ(json::set_at(R"({"":1})", "/", "2"), R"({"":2})");
}

TEST(Patch, WhatLeadsNowhereIsNamed) {
  for (const std::string pointer : {"", "a", "/a/b", "/l/2", "/l/x", "/~2"}) {
    try {
      json::set_at(R"({"a": 1, "l": [0]})", pointer, "1");
      ADD_FAILURE() << pointer;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
      EXPECT_EQ(error.where(), "extra" + pointer);
    }
  }
  EXPECT_THROW(json::set_at("no json", "/a", "1"), Error);
}

TEST(Patch, WhatComesOfItIsNotTooDeep) {
  std::string pointer;
  for (int i = 0; i < 1020; ++i) pointer += "/a";
  EXPECT_NO_THROW(json::set_at("{}", pointer, "[[1]]"));
  EXPECT_THROW(json::set_at("{}", pointer, "[[[[[[[1]]]]]]]"), Error);
  EXPECT_THROW(json::set_at("{}", pointer + pointer, "1"), Error);
}

}  // namespace
}  // namespace antiphon::test
