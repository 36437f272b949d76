#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include <antiphon/catalogue.hpp>
#include <antiphon/engine.hpp>
#include <antiphon/provider.hpp>

#include "command_line.hpp"
#include "commands.hpp"
#include "config_flags.hpp"
#include "endpoint_flags.hpp"
#include "json_object.hpp"
#include "model_table.hpp"
#include "report.hpp"
#include "terminal.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

constexpr const char* models_summary =
    "List the models that a provider has now; without a provider, the providers known.\n"
    "PROVIDER may be the name of a model in the configuration: then it is the provider of that one.\n"
    "On a terminal, and with --json, the list says what the catalogue knows of each model. With --catalogue nobody is\n"
    "asked: limits in tokens, prices in dollars for a million tokens, abilities, and the day they were true.\n"
    "Rows of your own: a file that ANTIPHON_MODELS names.";

constexpr const char* models_examples = R"(Examples:
  antiphon models
  antiphon models ollama
  antiphon models --catalogue
  antiphon models --catalogue anthropic --json
  antiphon models openai --base-url http://127.0.0.1:8080/v1 --json)";

void print_providers(Output& out, bool json) {
  JsonArray array;
  std::string lines;
  for (const ProviderRow& row : known_providers()) {
    JsonObject object;
    object.text("provider", row.name()).text("protocol", row.protocol()).text("base_url", row.base_url());
    if (!row.url_variable().empty()) object.text("url_variable", row.url_variable());
    if (!row.key_variable().empty()) object.text("key_variable", row.key_variable());
    object.text("title", row.title()).text("note", row.note()).text("source", row.source()).text("date", row.date());
    array.add(object.build());
    const std::string address = row.base_url().empty() ? "$" + row.url_variable() : row.base_url();
    lines += row.name() + "\t" + row.protocol() + "\t" + address;
    lines += row.key_variable().empty() ? "\n" : "\t" + row.key_variable() + "\n";
  }
  out.write(json ? array.build().text() + "\n" : lines);
}

void print_models(Output& out, bool json, const std::string& provider, const std::vector<ModelInfo>& models) {
  const Catalogue catalogue;
  std::vector<ListedModel> listed;
  for (const ModelInfo& model : models) listed.emplace_back(model, catalogue.find(provider, model.id()));
  if (!json && is_terminal(STDOUT_FILENO)) {
    out.write(as_table(listed));
    return;
  }
  JsonArray array;
  std::string lines;
  for (const ListedModel& model : listed) {
    array.add(as_json(model));
    lines += model.name() + "\n";
  }
  out.write(json ? array.build().text() + "\n" : lines);
}

void print_catalogue(Output& out, bool json, const std::vector<ModelRow>& rows) {
  JsonArray array;
  std::vector<ListedModel> listed;
  for (const ModelRow& row : rows) {
    array.add(as_json(row));
    listed.emplace_back(row);
  }
  out.write(json ? array.build().text() + "\n" : as_table(listed));
}

/// A handle stands for a model; the list is the same for each.
ModelConfig config_of(const Config& named, const std::string& name) {
  return named.models(named.has_model(name) ? name : name + "/*").front();
}

void list_catalogue(Output& out, bool json, const std::optional<std::string>& name, const ConfigFlags& files) {
  const Catalogue catalogue;
  if (!name) return print_catalogue(out, json, catalogue.rows());
  const std::string provider = config_of(files.load(), *name).provider().name();
  const std::vector<ModelRow> rows = catalogue.rows(provider);
  if (rows.empty()) say("the catalogue knows no model of " + provider + "\n");
  if (json || !rows.empty()) print_catalogue(out, json, rows);
}

}  // namespace

ExitStatus models_command(Context& context, const Arguments& arguments) {
  std::optional<std::string> name;
  EndpointFlags endpoint;
  bool json = false;
  bool catalogue = false;
  ConfigFlags files;
  CommandLine line("models", models_summary, models_examples);
  line.argument("PROVIDER", name, "Whose models");
  endpoint.declare(line);
  files.declare(line);
  line.flag("--catalogue", catalogue, "Ask nobody: what is known of models, of PROVIDER or of all");
  line.flag("--json", json, "Print a JSON array");
  if (!line.parse(arguments, context.out)) return exit_done;
  if (catalogue && endpoint.given()) throw UsageError("--catalogue: nobody is asked, so there is no endpoint to set");
  if (catalogue) return list_catalogue(context.out, json, name, files), exit_done;
  if (!name) return print_providers(context.out, json), exit_done;

  ModelConfig config = config_of(files.load(), *name);
  endpoint.apply(config);
  Interrupts::Watch watch(context.interrupts);
  try {
    const Engine engine;
    const Provider provider = create_provider(config, ProviderOptions().engine(engine));
    print_models(context.out, json, config.provider().name(), provider.list_models(Options().cancel_on(watch.token())));
    return exit_done;
  } catch (const Error& error) {
    report(error, &config);
    return exit_status(error);
  }
}

}  // namespace antiphon::cli
