#include "report.hpp"

#include <unistd.h>

#include <string>

#include <antiphon/provider.hpp>

#include "output.hpp"
#include "terminal.hpp"

namespace antiphon::cli {
namespace {

std::string key_variable(const ModelConfig& asked) {
  if (!asked.api_key().empty()) return asked.api_key().variable();
  if (asked.provider_row()) return asked.provider_row()->key_variable();
  try {
    for (const ProviderRow& known : known_providers()) {
      if (known.name() == asked.provider().name()) return known.key_variable();
    }
  } catch (const Error&) {
    // A hint is no place for another mistake.
  }
  return {};
}

constexpr const char* about_proxies =
    "the proxy comes from https_proxy, http_proxy, all_proxy and no_proxy of the environment";

/// Empty when there is nothing to add.
std::string hint(const Error& error, const ModelConfig& asked) {
  if (error.kind() == ErrorKind::proxy || error.where() == "proxy") return about_proxies;
  const std::string& provider = asked.provider().name();
  const bool ollama = provider == providers::ollama;
  switch (error.kind()) {
    case ErrorKind::invalid_config:
      return error.where() == "api_key" || error.where().ends_with(".api_key_env")
                 ? "--api-key-env names another variable that holds the key"
                 : "";
    case ErrorKind::connection:
      if (ollama) return "is Ollama running? Start it with `ollama serve`, or say where it is with --base-url";
      return "is the server running, and --base-url right?";
    case ErrorKind::tls:
      return "--ca-file names certificates to trust; is --base-url right, and https there?";
    case ErrorKind::dns:
      return "is the host name of --base-url right, and the network up?";
    case ErrorKind::not_found:
      if (ollama) return "`ollama pull " + asked.model() + "` gets a model, `antiphon models ollama` lists those there";
      return "`antiphon models " + provider + "` lists the models; is --base-url complete (OpenAI's ends with /v1)?";
    case ErrorKind::authentication: {
      const std::string variable = key_variable(asked);
      if (variable.empty()) return "name the variable that holds the key with --api-key-env";
      return "the key is read from " + variable + "; --api-key-env names another variable";
    }
    case ErrorKind::timeout:
      return "--timeout, --timeout-connect, --timeout-first-chunk, --timeout-chunk and --timeout-idle change it";
    default:
      return {};
  }
}

}  // namespace

void report(std::string_view what) { say(Style(STDERR_FILENO).red("error:") + " " + one_line(what) + "\n"); }

void report(const Error& error, const ModelConfig* asked) {
  report(error.what());
  const std::string help = asked ? hint(error, *asked) : std::string();
  if (!help.empty()) say(Style(STDERR_FILENO).dim("hint: " + help) + "\n");
}

void report(const std::vector<Warning>& warnings) {
  const Style style(STDERR_FILENO);
  for (const Warning& warning : warnings) {
    std::string line = warning.message();
    if (!warning.where().empty()) line = warning.where() + ": " + line;
    say(style.yellow("warning:") + " " + one_line(line) + "\n");
  }
}

ExitStatus exit_status(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::cancelled:
      return exit_interrupted;
    case ErrorKind::invalid_config:
    case ErrorKind::invalid_request:
    case ErrorKind::authentication:
    case ErrorKind::unsupported:
      return error.http_status() == 0 ? exit_usage : exit_failed;
    default:
      return exit_failed;
  }
}

}  // namespace antiphon::cli
