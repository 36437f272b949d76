#include "pipeline/timeout_settings.hpp"

#include <gtest/gtest.h>

#include <antiphon/error.hpp>

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;

TEST(TimeoutSettings, CallWinsOverModelAndModelOverDefault) {
  const TimeoutSettings defaults = decide_timeouts(Timeouts(), Timeouts());
  EXPECT_EQ(defaults.connect, 10s);
  EXPECT_EQ(defaults.first_content, Timeouts::off());
  EXPECT_EQ(defaults.idle, 10min);
  EXPECT_EQ(defaults.between_chunks, Timeouts::off());
  EXPECT_EQ(defaults.total, 1h);
  const TimeoutSettings decided =
      decide_timeouts(Timeouts().connect(1s), Timeouts().connect(2s).idle(3s).first_content(4s).total(5s));
  EXPECT_EQ(decided.connect, 1s);
  EXPECT_EQ(decided.idle, 3s);
  EXPECT_EQ(decided.first_content, 4s);
  EXPECT_EQ(decided.total, 5s);
}

TEST(TimeoutSettings, OnesThatAreNotPositiveAreNamed) {
  const auto place = [](const Timeouts& timeouts) {
    try {
      decide_timeouts(timeouts, Timeouts());
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      return error.where();
    }
    return std::string("no error");
  };
  EXPECT_EQ(place(Timeouts().connect(0s)), "timeouts.connect");
  EXPECT_EQ(place(Timeouts().first_content(-1s)), "timeouts.first_content");
  EXPECT_EQ(place(Timeouts().idle(0s)), "timeouts.idle");
  EXPECT_EQ(place(Timeouts().between_chunks(0s)), "timeouts.between_chunks");
  EXPECT_EQ(place(Timeouts().total(0s)), "timeouts.total");
  EXPECT_EQ(place(Timeouts().idle(Timeouts::off())), "no error");
}

}  // namespace
}  // namespace antiphon::pipeline
