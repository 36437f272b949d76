#include <sys/prctl.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <string>
#include <utility>

#include <antiphon/simulator.hpp>

#include "command_line.hpp"
#include "commands.hpp"
#include "input.hpp"
#include "json_object.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

constexpr const char* simulate_summary =
    "Be a provider on 127.0.0.1 for tests, OpenAI (Chat Completions, Responses, embeddings), Anthropic, Gemini and\n"
    "Vertex AI, Ollama, Cohere and AWS Bedrock at once: deterministic answers, or the faults that a scenario asks "
    "for.\n"
    "Prints one line of JSON when it is ready, {port, url, openai_base_url, anthropic_base_url, ollama_base_url,\n"
    "ca_file, client_file}, where url is the base URL of all others, and runs until SIGINT or SIGTERM, which end it\n"
    "with exit status 0.";

constexpr const char* simulate_examples = R"(Examples:
  antiphon simulate --port 8080
  antiphon simulate --scenario slow.json
  echo '{"rules": [{"times": 1, "status": 503}]}' | antiphon simulate --scenario -)";

/// Asks the system to end us with whoever started us. False when that one is gone already.
bool end_with_parent() {
  const pid_t parent = ::getppid();
  return ::prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && ::getppid() == parent;
}

Scenario read_scenario(const std::optional<std::string>& file, std::optional<std::int64_t> port, bool tls) {
  try {
    Scenario scenario = file ? Scenario::from_json(read_input(*file)) : Scenario();
    if (port && (*port < 0 || *port > 65535)) throw UsageError("--port: expected a number from 0 to 65535");
    if (port) scenario.port(static_cast<int>(*port));
    if (tls) scenario.tls(true);
    return scenario;
  } catch (const ScenarioError& error) {
    throw UsageError("--scenario: " + std::string(error.what()));
  }
}

std::string ready_line(const Simulator& simulator) {
  JsonObject line;
  line.json("port", std::to_string(simulator.port())).text("url", simulator.url());
  line.text("openai_base_url", simulator.openai_base_url());
  line.text("anthropic_base_url", simulator.anthropic_base_url());
  line.text("ollama_base_url", simulator.ollama_base_url());
  line.text("ca_file", simulator.ca_file()).text("client_file", simulator.client_file());
  return line.build().text() + "\n";
}

void wait_until(const std::stop_token& stopped) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait(lock, stopped, [] { return false; });
}

}  // namespace

ExitStatus simulate_command(Context& context, const Arguments& arguments) {
  std::optional<std::int64_t> port;
  std::optional<std::string> file;
  bool tls = false;
  bool with_parent = false;
  CommandLine line("simulate", simulate_summary, simulate_examples);
  line.integer("--port", port, "N", "Port to listen on (default: a free one)");
  line.text("--scenario", file, "FILE", "What to answer, as docs/simulator.md says; - for standard input");
  line.flag("--tls", tls, "Speak TLS with a certificate made now; its authority is in ca_file");
  line.flag("--exit-with-parent", with_parent, "End when the program that started this one ends");
  line.always_json();
  if (!line.parse(arguments, context.out)) return exit_done;

  if (with_parent && !end_with_parent()) return exit_done;
  Scenario scenario = read_scenario(file, port, tls);
  const Interrupts::Watch watch(context.interrupts);
  const Simulator simulator(std::move(scenario));
  context.out.write(ready_line(simulator));
  wait_until(watch.token());
  return exit_done;
}

}  // namespace antiphon::cli
