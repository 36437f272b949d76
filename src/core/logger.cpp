#include <antiphon/logger.hpp>

namespace antiphon::inline v0 {

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "error";
}

LogRecord& LogRecord::field(std::string name, std::string value) {
  return fields_.emplace_back(std::move(name), std::move(value)), *this;
}

Logger::~Logger() = default;
void Logger::lost(std::size_t) {}

}  // namespace antiphon::inline v0
