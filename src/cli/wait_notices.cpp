#include "wait_notices.hpp"

#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "output.hpp"
#include "terminal.hpp"

namespace antiphon::cli {
namespace {

std::mutex showing;
bool typing = false;

std::string_view field(const LogRecord& record, std::string_view wanted) {
  for (const auto& [name, value] : record.fields()) {
    if (name == wanted) return value;
  }
  return {};
}

/// Empty for a wait that is too short to be noticed.
std::string long_wait(const LogRecord& record) {
  const std::string_view text = field(record, "wait_ms");
  std::int64_t milliseconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  if (milliseconds <= 1000) return {};
  return std::to_string((milliseconds + 999) / 1000) + " s";
}

std::string notice(const LogRecord& record) {
  const std::string why(field(record, record.event() == "limit.wait" ? "held_by" : "error"));
  if (record.event() == "fallback.leave") {
    return std::string(field(record, "provider")) + ": " + why + ", asking " + std::string(field(record, "next"));
  }
  if (record.event() != "retry.wait" && record.event() != "limit.wait") return {};
  const std::string wait = long_wait(record);
  if (wait.empty()) return {};
  return why + (record.event() == "retry.wait" ? ": trying again in " : ": going on in ") + wait;
}

}  // namespace

void WaitNotices::log(const LogRecord& record) {
  const std::string text = notice(record);
  const std::lock_guard lock(showing);
  if (!text.empty() && !typing) say(Style(STDERR_FILENO).dim(one_line(text)) + "\n");
}

Typing::Typing() {
  const std::lock_guard lock(showing);
  typing = true;
}

Typing::~Typing() {
  const std::lock_guard lock(showing);
  typing = false;
}

}  // namespace antiphon::cli
