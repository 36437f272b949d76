#include "json/pointer.hpp"

namespace antiphon::inline v0::json {

namespace {

/// False for a `~` that stands before something else than 0 or 1.
bool unescape(std::string& step) {
  for (std::size_t at = 0; (at = step.find('~', at)) != step.npos; ++at) {
    const char escaped = at + 1 < step.size() ? step[at + 1] : '\0';
    if (escaped != '0' && escaped != '1') return false;
    step.replace(at, 2, escaped == '0' ? "~" : "/");
  }
  return true;
}

}  // namespace

void append_step(std::string& pointer, std::string_view name) {
  pointer += '/';
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

std::optional<std::vector<std::string>> steps_of(std::string_view pointer) {
  std::vector<std::string> steps;
  if (pointer.empty()) return steps;
  if (pointer.front() != '/') return std::nullopt;
  for (const char c : pointer) {
    if (c == '/') {
      steps.emplace_back();
    } else {
      steps.back() += c;
    }
  }
  for (std::string& step : steps) {
    if (!unescape(step)) return std::nullopt;
  }
  return steps;
}

}  // namespace antiphon::inline v0::json
