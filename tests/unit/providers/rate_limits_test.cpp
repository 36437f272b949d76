#include "providers/rate_limits.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "providers/retry_after.hpp"

namespace antiphon::tests {
namespace {

using std::chrono::milliseconds;
using Fields = std::vector<std::pair<std::string, std::string>>;

std::optional<milliseconds> exhausted(const Fields& fields) {
  HttpHeaders headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return codec::exhausted_for(headers, *codec::parse_http_date("Mon, 23 Nov 2026 06:50:00 GMT"));
}

TEST(RateLimits, NothingIsLeftUntilTheReset) {
  // providers.md 1.1: durations.
  EXPECT_EQ(exhausted({{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "20ms"}}),
            milliseconds(20));
  EXPECT_EQ(exhausted({{"X-RateLimit-Remaining-Tokens", " 0 "}, {"X-RateLimit-Reset-Tokens", "7.66s"}}),
            milliseconds(7660));
  // 3.1: times.
  EXPECT_EQ(exhausted({{"anthropic-ratelimit-tokens-remaining", "0"},
                       {"anthropic-ratelimit-tokens-reset", "2026-11-23T06:50:30Z"}}),
            milliseconds(30'000));
  // 6.1, 6.7: bare numbers of seconds.
  EXPECT_EQ(exhausted({{"x-ratelimit-remaining-tokens-minute", "0"}, {"x-ratelimit-reset-tokens-minute", "33.0117"}}),
            milliseconds(33'012));
  EXPECT_EQ(exhausted({{"x-ratelimit-remaining-tokens", "0"}, {"x-ratelimit-reset-tokens", "45"}}),
            milliseconds(45'000));
  // OpenRouter: milliseconds since 1970, others seconds since 1970.
  EXPECT_EQ(exhausted({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1795416605000"}}), milliseconds(5000));
  EXPECT_EQ(exhausted({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1795416605"}}), milliseconds(5000));
}

TEST(RateLimits, TheLongestResetCounts) {
  EXPECT_EQ(exhausted({{"x-ratelimit-remaining-requests", "0"},
                       {"x-ratelimit-reset-requests", "1s"},
                       {"x-ratelimit-remaining-tokens", "0"},
                       {"x-ratelimit-reset-tokens", "2s"}}),
            milliseconds(2000));
}

TEST(RateLimits, SomethingIsLeft) {
  EXPECT_EQ(exhausted({}), std::nullopt);
  EXPECT_EQ(exhausted({{"x-ratelimit-remaining-requests", "1"}, {"x-ratelimit-reset-requests", "1s"}}), std::nullopt);
  EXPECT_EQ(exhausted({{"x-ratelimit-limit-requests", "0"}, {"x-ratelimit-reset-requests", "1s"}}), std::nullopt);
}

TEST(RateLimits, WhatSaysNothingOfUse) {
  const auto resets_in = [](const char* reset) {
    return exhausted({{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", reset}});
  };
  // Azure sends -1 and 0 on some calls (6.1); a limit of a day may be one of several.
  for (const char* reset : {"", "0", "-1", "0s", "soon", "NaN", "inf", "1e400", "61s", "24h", "61", "1795416599",
                            "99999999999999999999", "900000000000", "99999999999999", "9999-12-31T23:59:59Z",
                            "2026-11-23T06:49:59Z", "2026-11-23T25:50:00Z", "2026-11-23"}) {
    EXPECT_EQ(resets_in(reset), std::nullopt) << reset;
  }
  EXPECT_EQ(exhausted({{"x-ratelimit-remaining-requests", "0"}}), std::nullopt);
  EXPECT_EQ(exhausted({{"ratelimit-remaining", "0"}, {"ratelimit-reset", "1"}}), std::nullopt);
}

}  // namespace
}  // namespace antiphon::tests
