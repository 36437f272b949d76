#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include <antiphon/catalogue.hpp>
#include <antiphon/error.hpp>

namespace antiphon::catalogue_test {

/// A file of these rows.
inline std::string models(const std::string& list) { return R"({"format": 1, "models": [)" + list + "]}"; }

/// One row, of which this is said beside its name.
inline ModelRow row(const std::string& fields) {
  return parse_models(models(R"({"provider": "lab", "model": "m", )" + fields + "}")).at(0);
}

/// What a text is refused with.
inline Error mistake_in(const std::string& text) {
  try {
    parse_models(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    return error;
  }
  ADD_FAILURE() << "not refused: " << text;
  return Error(ErrorKind::internal, "not refused");
}

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// A time in UTC.
inline ModelRow::Time at(int year, unsigned month, unsigned day, int hour = 12, int minute = 0) {
  const std::chrono::sys_days date(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day));
  return date + std::chrono::hours(hour) + std::chrono::minutes(minute);
}

}  // namespace antiphon::catalogue_test
