#include "pipeline/retry_decision.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;

Error overloaded() { return Error(ErrorKind::overloaded, "busy"); }

bool decide(const RetryConfig& config, const FailedAttempt& failed) {
  return decide_retry(config, failed, decide_wait(config, failed));
}

TEST(DecideWait, GrowsByTheFactorUpToTheMaximum) {
  const Error error = overloaded();
  std::vector<std::chrono::nanoseconds> most;
  for (const int attempts : {1, 2, 3, 4, 5, 6, 1000}) {
    const FailedAttempt failed{.error = error, .attempts = attempts, .chance = 1};
    most.push_back(decide_wait(RetryConfig(), failed));
  }
  EXPECT_EQ(most, (std::vector<std::chrono::nanoseconds>{500ms, 1s, 2s, 4s, 8s, 8s, 8s}));
}

TEST(DecideWait, IsAnywhereBetweenZeroAndThat) {
  const Error error = overloaded();
  for (const double chance : {0.0, 0.25, 0.999}) {
    const FailedAttempt failed{.error = error, .chance = chance};
    EXPECT_EQ(decide_wait(RetryConfig(), failed), std::chrono::nanoseconds(std::llround(chance * 5e8)));
  }
}

TEST(DecideWait, FollowsTheConfig) {
  const Error error = overloaded();
  const RetryConfig config = RetryConfig().initial_delay(100ms).backoff_factor(3).max_delay(500ms);
  EXPECT_EQ(decide_wait(config, FailedAttempt{.error = error, .attempts = 2, .chance = 1}), 300ms);
  EXPECT_EQ(decide_wait(config, FailedAttempt{.error = error, .attempts = 3, .chance = 1}), 500ms);
  const RetryConfig steady = RetryConfig().backoff_factor(1);
  EXPECT_EQ(decide_wait(steady, FailedAttempt{.error = error, .attempts = 50, .chance = 1}), 500ms);
}

TEST(DecideWait, WhatTheProviderAsksForGoesFirst) {
  const Error error = overloaded().retry_after(7s);
  EXPECT_EQ(decide_wait(RetryConfig(), FailedAttempt{.error = error, .chance = 0.5}), 7s);
  const Error now = overloaded().retry_after(0ms);
  EXPECT_EQ(decide_wait(RetryConfig(), FailedAttempt{.error = now, .chance = 0.5}), 0ns);
}

TEST(DecideRetry, OnlyUpToTheNumberOfAttempts) {
  const Error error = overloaded();
  EXPECT_TRUE(decide(RetryConfig(), FailedAttempt{.error = error, .attempts = 2}));
  EXPECT_FALSE(decide(RetryConfig(), FailedAttempt{.error = error, .attempts = 3}));
  EXPECT_FALSE(decide(RetryConfig().max_attempts(1), FailedAttempt{.error = error}));
  EXPECT_TRUE(decide(RetryConfig().max_attempts(9), FailedAttempt{.error = error, .attempts = 8}));
}

TEST(DecideRetry, NeverAfterDelivery) {
  const Error error = overloaded();
  EXPECT_FALSE(decide(RetryConfig(), FailedAttempt{.error = error, .delivered = true}));
}

TEST(DecideRetry, ByKind) {
  const auto retried = [](ErrorKind kind, const RetryConfig& config = RetryConfig()) {
    const Error error(kind, "x");
    return decide(config, FailedAttempt{.error = error});
  };
  for (const ErrorKind kind :
       {ErrorKind::dns, ErrorKind::connection, ErrorKind::timeout, ErrorKind::truncated, ErrorKind::protocol,
        ErrorKind::conflict, ErrorKind::rate_limited, ErrorKind::overloaded, ErrorKind::server_error}) {
    EXPECT_TRUE(retried(kind)) << kind;
    EXPECT_FALSE(retried(kind, RetryConfig().never_on(kind))) << kind;
  }
  for (const ErrorKind kind :
       {ErrorKind::invalid_config, ErrorKind::invalid_request, ErrorKind::tls, ErrorKind::proxy,
        ErrorKind::authentication, ErrorKind::permission, ErrorKind::not_found, ErrorKind::quota_exceeded,
        ErrorKind::context_window_exceeded, ErrorKind::content_filtered, ErrorKind::request_too_large,
        ErrorKind::redirected, ErrorKind::response_too_large, ErrorKind::unsupported, ErrorKind::internal}) {
    EXPECT_FALSE(retried(kind)) << kind;
    EXPECT_TRUE(retried(kind, RetryConfig().retry_on(kind))) << kind;
  }
}

TEST(DecideRetry, TheProvidersWordGoesBeforeTheKind) {
  const Error no = overloaded().should_retry(false);
  EXPECT_FALSE(decide(RetryConfig(), FailedAttempt{.error = no}));
  const Error yes = Error(ErrorKind::invalid_request, "x").should_retry(true);
  EXPECT_TRUE(decide(RetryConfig(), FailedAttempt{.error = yes}));
}

// providers.md, 0.3.
TEST(DecideRetry, ExceptForWhatNoSecondAttemptChanges) {
  for (const ErrorKind kind : {ErrorKind::quota_exceeded, ErrorKind::authentication, ErrorKind::permission}) {
    const Error yes = Error(kind, "x").should_retry(true);
    EXPECT_FALSE(decide(RetryConfig(), FailedAttempt{.error = yes})) << kind;
    EXPECT_TRUE(decide(RetryConfig().retry_on(kind), FailedAttempt{.error = yes})) << kind << ": the user wants it";
    const Error no = Error(kind, "x").should_retry(false);
    EXPECT_FALSE(decide(RetryConfig().retry_on(kind), FailedAttempt{.error = no})) << kind;
  }
}

TEST(DecideRetry, NotWhenTheProviderWantsTooLongAWait) {
  const Error error = overloaded().retry_after(60s);
  EXPECT_TRUE(decide(RetryConfig(), FailedAttempt{.error = error}));
  const Error longer = overloaded().retry_after(60'001ms);
  EXPECT_FALSE(decide(RetryConfig(), FailedAttempt{.error = longer}));
  EXPECT_TRUE(decide(RetryConfig().max_retry_after(2min), FailedAttempt{.error = longer}));
}

TEST(DecideRetry, NotWhenTheWaitIsLongerThanTheTimeLeft) {
  const Error error = overloaded().retry_after(5s);
  EXPECT_FALSE(decide(RetryConfig(), FailedAttempt{.error = error, .time_left = 5s}));
  EXPECT_TRUE(decide(RetryConfig(), FailedAttempt{.error = error, .time_left = 5001ms}));
}

TEST(DecideRetry, BesideAnotherLinkLongWaitsGoThere) {
  const Error error = overloaded().retry_after(2s);
  EXPECT_TRUE(decide(RetryConfig(), FailedAttempt{.error = error, .longest_wait = 2s}));
  const Error longer = overloaded().retry_after(2001ms);
  EXPECT_FALSE(decide(RetryConfig(), FailedAttempt{.error = longer, .longest_wait = 2s}));
}

TEST(DecideRetry, BesideAnotherLinkAProviderOutOfReachIsLeftAtOnce) {
  for (const ErrorKind kind : {ErrorKind::dns, ErrorKind::tls, ErrorKind::proxy, ErrorKind::connection}) {
    const Error error(kind, "x");
    const RetryConfig config = RetryConfig().retry_on(kind);
    EXPECT_TRUE(decide(config, FailedAttempt{.error = error, .reached = false})) << kind;
    EXPECT_FALSE(decide(config, FailedAttempt{.error = error, .reached = false, .longest_wait = 2s})) << kind;
  }
}

TEST(DecideRetry, BesideAnotherLinkASilentOneIsLeftAtOnce) {
  const Error silent = Error(ErrorKind::timeout, "x").http_status(200);
  EXPECT_TRUE(decide(RetryConfig(), FailedAttempt{.error = silent}));
  EXPECT_FALSE(decide(RetryConfig(), FailedAttempt{.error = silent, .longest_wait = 2s}));
  const Error said = Error(ErrorKind::timeout, "x").http_status(408);
  EXPECT_TRUE(decide(RetryConfig(), FailedAttempt{.error = said, .longest_wait = 2s}));
}

TEST(DecideRetry, BesideAnotherLinkALostConnectionIsTriedAgainOnceAndAtOnce) {
  const Error error(ErrorKind::connection, "lost");
  const FailedAttempt first{.error = error, .chance = 0.9, .longest_wait = 2s};
  EXPECT_EQ(decide_wait(RetryConfig(), first), 0ns);
  EXPECT_TRUE(decide(RetryConfig(), first));
  EXPECT_FALSE(decide(RetryConfig(), FailedAttempt{.error = error, .attempts = 2, .longest_wait = 2s}));
}

TEST(CheckRetryConfig, NamesTheField) {
  const auto place = [](const RetryConfig& config) -> std::string {
    try {
      check(config);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      return error.where();
    }
    return "nothing";
  };
  EXPECT_EQ(place(RetryConfig()), "nothing");
  EXPECT_EQ(place(RetryConfig().max_attempts(0)), "retry_config.max_attempts");
  EXPECT_EQ(place(RetryConfig().max_attempts(-1)), "retry_config.max_attempts");
  EXPECT_EQ(place(RetryConfig().initial_delay(0ms)), "retry_config.initial_delay");
  EXPECT_EQ(place(RetryConfig().backoff_factor(0.99)), "retry_config.backoff_factor");
  EXPECT_EQ(place(RetryConfig().backoff_factor(std::nan(""))), "retry_config.backoff_factor");
  EXPECT_EQ(place(RetryConfig().backoff_factor(std::numeric_limits<double>::infinity())),
            "retry_config.backoff_factor");
  EXPECT_EQ(place(RetryConfig().max_delay(499ms)), "retry_config.max_delay");
  EXPECT_EQ(place(RetryConfig().max_retry_after(-1ms)), "retry_config.max_retry_after");
  EXPECT_EQ(place(RetryConfig().deadline(0ms)), "retry_config.deadline");
  EXPECT_EQ(place(RetryConfig().budget(-0.1)), "retry_config.budget");
  EXPECT_EQ(place(RetryConfig().budget(1.1)), "retry_config.budget");
  EXPECT_EQ(place(RetryConfig().budget(std::nan(""))), "retry_config.budget");
  EXPECT_EQ(place(RetryConfig().retry_on(ErrorKind::cancelled)), "retry_config.retry_on");
  EXPECT_EQ(place(RetryConfig().retry_on(ErrorKind::deadline_exceeded)), "retry_config.retry_on");
}

}  // namespace
}  // namespace antiphon::pipeline
