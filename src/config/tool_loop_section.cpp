#include "config/tool_loop_section.hpp"

#include <charconv>
#include <string_view>
#include <utility>

#include "config/reading.hpp"

namespace antiphon::inline v0::config {

namespace {

/// Dollars as a text, or as a number: then those digits that stand for it.
Money money_of(const Cursor& value) {
  std::string digits;
  if (const std::string* text = value.node().as<std::string>()) {
    digits = *text;
  } else {
    char buffer[400];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number_of(value), std::chars_format::fixed);
    digits.assign(buffer, end.ptr);
  }
  try {
    return Money(digits);
  } catch (const Error& error) {
    value.refuse(error.message());
  }
}

constexpr std::pair<std::string_view, AtToolLimit> ends[] = {{"fail", AtToolLimit::fail},
                                                             {"answer", AtToolLimit::answer}};

constexpr Key<ToolLoop> tool_loop_keys[] = {
    {"max_steps", [](ToolLoop& l, const Cursor& v) { l.max_steps(count_of(v)); }},
    {"max_calls", [](ToolLoop& l, const Cursor& v) { l.max_calls(count_of(v)); }},
    {"max_time", [](ToolLoop& l, const Cursor& v) { l.max_time(duration_of(v)); }},
    {"max_cost", [](ToolLoop& l, const Cursor& v) { l.max_cost(money_of(v)); }},
    {"at_limit", [](ToolLoop& l, const Cursor& v) { l.at_limit(one_of<AtToolLimit>(v, ends)); }},
    {"concurrency", [](ToolLoop& l, const Cursor& v) { l.concurrency(count_of(v)); }},
    {"tool_timeout", [](ToolLoop& l, const Cursor& v) { l.tool_timeout(duration_of(v)); }},
    {"max_result_bytes", [](ToolLoop& l, const Cursor& v) { l.max_result_bytes(size_of(v)); }},
};

}  // namespace

ToolLoop read_tool_loop(const Cursor& table) {
  ToolLoop loop;
  read_table<ToolLoop>(table, tool_loop_keys, loop);
  return loop;
}

std::vector<std::string> tool_loop_paths() { return key_paths<ToolLoop>(tool_loop_keys); }

}  // namespace antiphon::inline v0::config
