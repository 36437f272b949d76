#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <antiphon/codec.hpp>
#include <antiphon/config.hpp>

#include "command_line.hpp"
#include "commands.hpp"
#include "config_flags.hpp"
#include "input.hpp"
#include "json_object.hpp"
#include "report.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

constexpr const char* config_summary =
    "About the configuration: models by name, fallback chains, retry, limits.\n"
    "path says which files are read, show which models they name, check whether a file is right.";

constexpr const char* config_examples = R"(Examples:
  antiphon config path
  antiphon config show
  antiphon config check antiphon.toml

Exit status: 0 done, 1 check found a mistake, 2 wrong usage.)";

void print_path(Output& out, const Config& config, bool json) {
  JsonArray array;
  std::string lines;
  for (const std::string& file : config.files()) {
    array.add(shown_text(file));
    lines += file + "\n";
  }
  out.write(json ? array.build().text() + "\n" : lines);
}

/// Empty when none is needed.
std::string needed_variable(const ModelConfig& model) {
  if (!model.api_key().variable().empty() || model.api_key().is_none()) return model.api_key().variable();
  const std::vector<ProviderRow> known = known_providers();
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const ProviderRow& info) { return info.name() == model.provider().name(); });
  return found == known.end() ? std::string() : found->key_variable();
}

Json model_as_json(const ModelConfig& model) {
  JsonObject object;
  object.text("provider", model.provider().name()).text("model", model.model());
  if (!model.base_url().empty()) object.text("base_url", model.base_url());
  const std::string variable = needed_variable(model);
  if (!variable.empty()) {
    object.text("key_variable", variable).json("key_set", Json(std::getenv(variable.c_str()) ? "true" : "false"));
  }
  return object.build();
}

std::string model_as_text(const ModelConfig& model) {
  std::string text = model.provider().name() + "/" + model.model();
  if (!model.base_url().empty()) text += " at " + model.base_url();
  const std::string variable = needed_variable(model);
  if (!variable.empty()) text += ", key from " + variable + (std::getenv(variable.c_str()) ? "" : " (not set)");
  return text;
}

void print_models(Output& out, const Config& config, bool json) {
  JsonArray array;
  std::string lines;
  for (const std::string& name : config.model_names()) {
    const bool is_default = name == config.default_model();
    JsonArray models;
    lines += name + (is_default ? " (default)" : "") + "\n";
    for (const ModelConfig& model : config.models(name)) {
      models.add(model_as_json(model));
      lines += "  " + model_as_text(model) + "\n";
    }
    array.add(JsonObject()
                  .text("name", name)
                  .json("default", Json(is_default ? "true" : "false"))
                  .json("models", models.build())
                  .build());
  }
  out.write(json ? array.build().text() + "\n" : lines);
}

ExitStatus check(Output& out, const ConfigFlags& flags, const std::optional<std::string>& file, bool json) {
  const std::string text = file ? read_input(*file) : std::string();
  const std::string source = !file || *file == "-" ? "standard input" : *file;
  try {
    const Config config = file ? Config::parse(text, source) : flags.load();
    JsonArray names;
    for (const std::string& name : config.model_names()) names.add(shown_text(name));
    const std::string line = "ok, models: " + std::to_string(config.model_names().size());
    out.write((json ? JsonObject().json("models", names.build()).json("error", Json("null")).build().text() : line) +
              "\n");
    return exit_done;
  } catch (const Error& error) {
    if (json) out.write(to_json(error) + "\n");
    report(error, nullptr);
    return exit_failed;
  }
}

}  // namespace

ExitStatus config_command(Context& context, const Arguments& arguments) {
  std::vector<std::string> words;
  ConfigFlags flags;
  bool json = false;
  CommandLine line("config", config_summary, config_examples);
  line.arguments("path|show|check [FILE]", words, "What to do; a FILE to check, - for standard input");
  flags.declare(line);
  line.flag("--json", json, "Print JSON");
  if (!line.parse(arguments, context.out)) return exit_done;
  const std::string action = words.empty() ? std::string() : words.front();
  if (words.size() > (action == "check" ? 2U : 1U)) throw UsageError("unexpected argument \"" + words.back() + "\"");
  if (action == "path") return print_path(context.out, flags.load(), json), exit_done;
  if (action == "show") return print_models(context.out, flags.load(), json), exit_done;
  if (action != "check") throw UsageError("expected path, show or check");
  return check(context.out, flags, words.size() > 1 ? std::optional(words[1]) : std::nullopt, json);
}

}  // namespace antiphon::cli
