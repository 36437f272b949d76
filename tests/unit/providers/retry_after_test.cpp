#include <gtest/gtest.h>

#include "fixture.hpp"
#include "providers/retry_after.hpp"
#include "support/source_files.hpp"

namespace antiphon::tests {
namespace {

boost::json::value fixture() { return parse_json(test::source_text("tests/fixtures/retry-after.json")); }

std::optional<std::chrono::milliseconds> expected(const boost::json::value& entry) {
  if (entry.at("ms").is_null()) return std::nullopt;
  return std::chrono::milliseconds(entry.at("ms").to_number<std::int64_t>());
}

std::string entry_text(const boost::json::value& entry) { return std::string(entry.at("text").as_string()); }

TEST(RetryAfter, HeadersGiveTheWait) {
  const boost::json::value cases = fixture();
  const auto now = codec::parse_http_date(std::string_view(cases.at("now").as_string()));
  ASSERT_TRUE(now);
  for (const boost::json::value& entry : cases.at("headers").as_array()) {
    HttpHeaders headers;
    for (const auto& [name, value] : entry.at("headers").as_object()) {
      headers.add(std::string(name), std::string(value.as_string()));
    }
    EXPECT_EQ(expected(entry), codec::parse_retry_after(headers, *now)) << headers.get("retry-after");
  }
}

TEST(RetryAfter, DurationsAreRead) {
  const boost::json::value cases = fixture();
  for (const boost::json::value& entry : cases.at("durations").as_array()) {
    EXPECT_EQ(expected(entry), codec::parse_duration(entry_text(entry))) << entry_text(entry);
  }
}

TEST(RetryAfter, TextsGiveTheWait) {
  const boost::json::value cases = fixture();
  for (const boost::json::value& entry : cases.at("texts").as_array()) {
    EXPECT_EQ(expected(entry), codec::find_wait_in_text(entry_text(entry))) << entry_text(entry);
  }
}

}  // namespace
}  // namespace antiphon::tests
