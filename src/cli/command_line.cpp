#include "command_line.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include <CLI/CLI.hpp>

#include <antiphon/duration.hpp>

#include "suggestion.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {

struct CommandLine::Parser {
  Parser(const std::string& command, const std::string& summary, const std::string& examples)
      : app(summary, "antiphon " + command) {
    // Those that are left are ours to judge.
    app.allow_extras();
    app.set_help_flag("-h,--help", "Print this help");
    app.footer(examples);
    app.get_formatter()->column_width(34);
  }

  CLI::App app;
  std::string group = "Options";
  std::size_t most_arguments = 0;
  std::function<void(std::string)> take_argument;
};

namespace {

template <class T>
bool read_number(const std::string& typed, T& value) {
  const char* last = typed.data() + typed.size();
  auto [end, error] = std::from_chars(typed.data(), last, value);
  return error == std::errc() && end == last;
}

/// `--system=` with nothing behind it: CLI11 would take the next argument for its value.
std::vector<std::string> with_empty_values(const std::vector<std::string>& typed, const CLI::App& app) {
  std::vector<std::string> arguments;
  for (const std::string& argument : typed) {
    const std::string name = argument.substr(0, argument.size() - (argument.empty() ? 0 : 1));
    if (argument.rfind("--", 0) == 0 && argument.back() == '=' && app.get_option_no_throw(name)) {
      arguments.push_back(name);
      arguments.emplace_back();
    } else {
      arguments.push_back(argument);
    }
  }
  return arguments;
}

}  // namespace

CommandLine::CommandLine(const std::string& command, const std::string& summary, const std::string& examples)
    : parser_(std::make_unique<Parser>(command, summary, examples)) {}

CommandLine::~CommandLine() = default;

void CommandLine::value(const std::string& names, const std::string& placeholder, const std::string& help, Take take) {
  CLI::callback_t callback = [names, take = std::move(take)](const CLI::results_t& results) {
    const char* expected = take(results.front());
    if (expected) throw UsageError(names + ": expected " + expected + ", got \"" + results.front() + "\"");
    return true;
  };
  // The last one counts, so that a user can overrule what an alias of his shell gives.
  parser_->app.add_option(names, std::move(callback), help)
      ->take_last()
      ->option_text(placeholder)
      ->group(parser_->group);
}

void CommandLine::list(const std::string& names, const std::string& placeholder, const std::string& help,
                       std::function<void(const std::vector<std::string>&)> take) {
  CLI::callback_t callback = [take = std::move(take)](const CLI::results_t& results) { return take(results), true; };
  parser_->app.add_option(names, std::move(callback), help)
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args(false)
      ->option_text(placeholder + " ...")
      ->group(parser_->group);
}

void CommandLine::texts(const std::string& names, std::vector<std::string>& values, const std::string& placeholder,
                        const std::string& help) {
  list(names, placeholder, help, [&values](const std::vector<std::string>& typed) { values = typed; });
}

void CommandLine::numbers(const std::string& names, std::vector<double>& values, const std::string& placeholder,
                          const std::string& help) {
  list(names, placeholder, help, [names, &values](const std::vector<std::string>& typed) {
    for (const std::string& text : typed) {
      if (read_number(text, values.emplace_back())) continue;
      throw UsageError(names + ": expected a number, got \"" + text + "\"");
    }
  });
}

void CommandLine::group(const std::string& heading) { parser_->group = heading; }

void CommandLine::flag(const std::string& names, bool& set, const std::string& help) {
  parser_->app.add_flag(names, set, help)->group(parser_->group);
}

void CommandLine::always_json() {
  parser_->app.add_flag_function(
      "--json", [](std::int64_t) {}, "Print JSON, as it does anyway");
}

void CommandLine::counter(const std::string& names, int& count, const std::string& help) {
  parser_->app.add_flag(names, count, help)->group(parser_->group);
}

void CommandLine::text(const std::string& names, std::string& result, const std::string& placeholder,
                       const std::string& help) {
  value(names, placeholder, help, [&result](const std::string& typed) { return result = typed, nullptr; });
}

void CommandLine::text(const std::string& names, std::optional<std::string>& result, const std::string& placeholder,
                       const std::string& help) {
  value(names, placeholder, help, [&result](const std::string& typed) { return result = typed, nullptr; });
}

void CommandLine::integer(const std::string& names, std::optional<std::int64_t>& result, const std::string& placeholder,
                          const std::string& help) {
  value(names, placeholder, help, [&result](const std::string& typed) {
    return read_number(typed, result.emplace()) ? nullptr : "a whole number";
  });
}

void CommandLine::number(const std::string& names, std::optional<double>& result, const std::string& placeholder,
                         const std::string& help) {
  value(names, placeholder, help,
        [&result](const std::string& typed) { return read_number(typed, result.emplace()) ? nullptr : "a number"; });
}

void CommandLine::duration(const std::string& names, std::optional<std::chrono::nanoseconds>& result,
                           std::optional<std::chrono::nanoseconds> off_value, const std::string& help) {
  value(names, "TIME", help, [&result, off_value](const std::string& typed) {
    result = typed == "off" ? off_value : parse_duration(typed);
    if (result && *result > std::chrono::nanoseconds::zero()) return static_cast<const char*>(nullptr);
    return off_value ? "a duration such as 2s, 500ms or 1m30s, or \"off\"" : "a duration such as 2s, 500ms or 1m30s";
  });
}

void CommandLine::duration_or_none(const std::string& names, std::optional<std::chrono::nanoseconds>& result,
                                   const std::string& help) {
  value(names, "TIME", help, [&result](const std::string& typed) {
    result = parse_duration(typed);
    return result ? nullptr : "a duration such as 2s, 500ms or 0s";
  });
}

void CommandLine::argument(const std::string& name, std::optional<std::string>& result, const std::string& help) {
  positional(name, 1, help, [&result](std::string typed) { result = std::move(typed); });
}

void CommandLine::arguments(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  positional(name, std::numeric_limits<std::size_t>::max(), help,
             [&values](std::string typed) { values.push_back(std::move(typed)); });
}

void CommandLine::positional(const std::string& name, std::size_t most, const std::string& help,
                             std::function<void(std::string)> take) {
  // For the help alone: CLI11 would take `[a,b]` for a list.
  CLI::callback_t callback = [](const CLI::results_t&) { return true; };
  parser_->app.add_option(name, std::move(callback), help)->expected(0, 1)->option_text(most > 1 ? "..." : " ");
  parser_->most_arguments = most;
  parser_->take_argument = std::move(take);
}

bool CommandLine::parse(const std::vector<std::string>& typed, Output& out) {
  CLI::App& app = parser_->app;
  const auto mark = std::find(typed.begin(), typed.end(), "--");
  std::vector<std::string> flags = with_empty_values({typed.begin(), mark}, app);
  std::reverse(flags.begin(), flags.end());
  try {
    app.parse(std::move(flags));
  } catch (const CLI::CallForHelp&) {
    out.write(app.help());
    return false;
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();
    throw UsageError(what.substr(0, what.find(':')) + ": expected a value");
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  std::vector<std::string> arguments = app.remaining();
  for (const std::string& argument : arguments) {
    if (argument.size() > 1 && argument[0] == '-') refuse_flag(argument);
  }
  if (mark != typed.end()) arguments.insert(arguments.end(), mark + 1, typed.end());
  if (arguments.size() > parser_->most_arguments) {
    throw UsageError("unexpected argument \"" + arguments[parser_->most_arguments] + "\"");
  }
  for (std::string& argument : arguments) parser_->take_argument(std::move(argument));
  return true;
}

void CommandLine::refuse_flag(const std::string& typed) const {
  std::vector<std::string> known;
  std::string list;
  for (const CLI::Option* option : parser_->app.get_options()) {
    if (!option->nonpositional()) continue;
    known.push_back(option->get_name());
    list += (list.empty() ? "" : ", ") + known.back();
  }
  throw UsageError("unknown flag " + typed + did_you_mean(typed.substr(0, typed.find('=')), known) +
                   "; the flags are: " + list + " (put -- before an argument that begins with -)");
}

}  // namespace antiphon::cli
