#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "output.hpp"

namespace antiphon::cli {

/// The flags and arguments of one command. Values are taken as they were typed: `[a,b]` is no list, and each flag
/// takes one value.
class CommandLine {
 public:
  /// `examples` stands at the end of the help.
  CommandLine(const std::string& command, const std::string& summary, const std::string& examples);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  ~CommandLine();

  /// The flags that follow stand in the help under this heading.
  void group(const std::string& heading);
  void flag(const std::string& names, bool& set, const std::string& help);
  /// Takes `--json` from scripts that give it to every command: there is no other output.
  void always_json();
  /// Counts how often it was given.
  void counter(const std::string& names, int& count, const std::string& help);
  void text(const std::string& names, std::string& value, const std::string& placeholder, const std::string& help);
  void text(const std::string& names, std::optional<std::string>& value, const std::string& placeholder,
            const std::string& help);
  /// May be given again and again.
  void texts(const std::string& names, std::vector<std::string>& values, const std::string& placeholder,
             const std::string& help);
  void integer(const std::string& names, std::optional<std::int64_t>& value, const std::string& placeholder,
               const std::string& help);
  void number(const std::string& names, std::optional<double>& value, const std::string& placeholder,
              const std::string& help);
  /// May be given again and again.
  void numbers(const std::string& names, std::vector<double>& values, const std::string& placeholder,
               const std::string& help);
  /// Takes `off` too, as `off_value`, where there is one.
  void duration(const std::string& names, std::optional<std::chrono::nanoseconds>& value,
                std::optional<std::chrono::nanoseconds> off_value, const std::string& help);
  /// Takes `0s` too.
  void duration_or_none(const std::string& names, std::optional<std::chrono::nanoseconds>& value,
                        const std::string& help);
  /// What may stand there without a flag: one argument, or any number. Only one of both can be declared.
  void argument(const std::string& name, std::optional<std::string>& value, const std::string& help);
  void arguments(const std::string& name, std::vector<std::string>& values, const std::string& help);

  /// False when the help was asked for, and written. Throws `UsageError` that names what is wrong and, for a flag that
  /// does not exist, those that do.
  bool parse(const std::vector<std::string>& typed, Output& out);

 private:
  /// `take` gets the value and says what it expected when that is none; null when it is fine.
  using Take = std::function<const char*(const std::string& typed)>;
  void value(const std::string& names, const std::string& placeholder, const std::string& help, Take take);
  void list(const std::string& names, const std::string& placeholder, const std::string& help,
            std::function<void(const std::vector<std::string>&)> take);
  void positional(const std::string& name, std::size_t most, const std::string& help,
                  std::function<void(std::string)> take);
  [[noreturn]] void refuse_flag(const std::string& typed) const;

  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace antiphon::cli
