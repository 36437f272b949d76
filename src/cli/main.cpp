#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/version.hpp>

#include "commands.hpp"
#include "report.hpp"
#include "suggestion.hpp"
#include "terminal.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  ExitStatus (*run)(Context&, const Arguments&);
};

constexpr std::array commands{
    Command{"chat", "ask a model, or hold a conversation with it", chat_command},
    Command{"embed", "turn texts into vectors", embed_command},
    Command{"models", "list the models of a provider, or the providers", models_command},
    Command{"encode", "print the HTTP request that a provider would get", encode_command},
    Command{"decode", "read a recorded answer", decode_command},
    Command{"config", "check and show the configuration", config_command},
#ifdef ANTIPHON_CLI_SIMULATOR
    Command{"simulate", "be a provider, for tests", simulate_command},
#endif
};

std::string help() {
  std::string text = "Usage: antiphon COMMAND [FLAGS] ...\nOne interface over every LLM provider.\n\nCommands:\n";
  for (const Command& command : commands) {
    text.append("  ").append(command.name).append(12 - command.name.size(), ' ').append(command.summary).append("\n");
  }
  return text +
         "\nantiphon help COMMAND, or antiphon COMMAND --help, tells about a command, antiphon --version the version.\n"
         "Exit status: 0 done, 1 the provider or the check failed, 2 wrong usage, 130 interrupted (143 by SIGTERM).\n"
         "\nExample:\n  antiphon chat -m ollama/llama3.2 \"Why is the sky blue?\"\n";
}

const Command& find_command(const std::string& name) {
  std::vector<std::string> known;
  std::string names;
  for (const Command& command : commands) {
    if (command.name == name) return command;
    known.emplace_back(command.name);
    names.append(names.empty() ? "" : ", ").append(command.name);
  }
  const char* what = name.starts_with("-") ? "unknown flag " : "unknown command ";
  throw UsageError(what + name + did_you_mean(name, known) + "; the commands are: " + names);
}

/// `help`, or `help COMMAND`.
ExitStatus help_command(Context& context, const Arguments& arguments) {
  if (arguments.size() < 2) return context.out.write(help()), exit_done;
  return find_command(arguments[1]).run(context, {"--help"});
}

ExitStatus run(Context& context, const Arguments& arguments) {
  if (arguments.empty()) return say(help()), exit_usage;
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") return help_command(context, arguments);
  if (name == "--version") return context.out.write("antiphon " ANTIPHON_VERSION_STRING "\n"), exit_done;
  const Command& command = find_command(name);
  return command.run(context, Arguments(arguments.begin() + 1, arguments.end()));
}

ExitStatus run_and_report(Context& context, const Arguments& arguments) {
  try {
    return run(context, arguments);
  } catch (const UsageError& error) {
    report(error.what());
    return exit_usage;
  } catch (const Error& error) {
    report(error, nullptr);
    return exit_status(error);
  }
}

int guarded(const Arguments& arguments) {
  try {
    Output out;
    Interrupts interrupts;
    Context context{out, interrupts};
    const ExitStatus status = run_and_report(context, arguments);
    return status == exit_interrupted ? 128 + interrupts.last_signal() : status;
  } catch (const std::exception& error) {
    report(error.what());
    return exit_failed;
  }
}

}  // namespace
}  // namespace antiphon::cli

int main(int argc, char** argv) {
  antiphon::cli::prepare_standard_streams();
  return antiphon::cli::guarded(antiphon::cli::Arguments(argv + (argc > 0 ? 1 : 0), argv + argc));
}
