#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

#include <antiphon/codec.hpp>

#include "fixture.hpp"

namespace antiphon::tests {

/// Places that the warnings of a request are about, in their order.
inline std::vector<std::string> warned(const EncodedRequest& request) {
  std::vector<std::string> places;
  for (const Warning& warning : request.warnings) places.push_back(warning.where());
  return places;
}

/// A conversation of one message of one part.
inline Messages one(Part part, Role role = Role::user) { return Messages().add(Message(role).add(std::move(part))); }

/// A call and the message with its result, which is message 1.
inline Messages answered(const Part& result, Role role = Role::tool) {
  return one(Part::tool_call(result.id(), "f", "{}"), Role::assistant).add(Message(role).add(result));
}

inline void expect_json(std::string_view expected, const boost::json::value& actual) {
  EXPECT_EQ(difference(parse_json(expected), actual), std::nullopt);
}

}  // namespace antiphon::tests
