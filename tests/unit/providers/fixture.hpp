#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include <antiphon/response.hpp>

namespace antiphon::tests {

/// One case of a fixture file under tests/fixtures.
struct Fixture {
  std::string protocol;  ///< the folder
  std::string file;      ///< without `.json`
  boost::json::object fields;
  /// Values of the case as the bytes that stand in the file.
  std::string body;                 ///< of `body` or `chat`
  std::vector<std::string> events;  ///< of `events` or `lines`; a string is its text
  std::vector<std::string> frames;  ///< of `frames`, as JSON

  std::string name() const { return file + ": " + std::string(fields.at("name").as_string()); }
  bool has(std::string_view field) const { return fields.contains(field); }
  std::string text(std::string_view field) const;
  /// A list of texts, which is empty when the field is not there.
  std::vector<std::string> texts(std::string_view field) const;
};

/// What a failing test shows of it.
inline void PrintTo(const Fixture& fixture, std::ostream* out) { *out << fixture.protocol << "/" << fixture.name(); }

/// The fixture's, for GoogleTest.
std::string test_name(const testing::TestParamInfo<Fixture>& info);

/// All cases of a folder whose `field` is there. A field that no test looks at throws.
std::vector<Fixture> load_fixtures(const std::string& protocol, std::string_view field);

/// The same of the folders of all protocols.
std::vector<Fixture> load_fixtures(std::string_view field);

/// Throws when the object has a member that is none of these.
void only_known(const boost::json::object& object, std::initializer_list<std::string_view> known,
                const std::string& place);

/// `run` throws the `error` of the fixture.
void expect_error(const Fixture& fixture, const std::function<void()>& run);

/// They are about the places that the fixture names, in that order.
void expect_warnings(const Fixture& fixture, const std::vector<Warning>& warnings);

/// Where `actual` is not what `expected` says, or nothing. Objects must have the same keys, except that `message` may
/// be left out of what is expected.
std::optional<std::string> difference(const boost::json::value& expected, const boost::json::value& actual,
                                      const std::string& place = "");

boost::json::value parse_json(std::string_view text);

}  // namespace antiphon::tests
