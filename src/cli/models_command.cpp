#include <algorithm>
#include <string>

#include <antiphon/engine.hpp>
#include <antiphon/provider.hpp>

#include "command_line.hpp"
#include "commands.hpp"
#include "config_flags.hpp"
#include "endpoint_flags.hpp"
#include "json_object.hpp"
#include "report.hpp"

namespace antiphon::cli {
namespace {

constexpr const char* summary =
    "List the models that a provider has now; without a provider, the providers known.\n"
    "PROVIDER may be the name of a model in the configuration: then it is the provider of that one.";

constexpr const char* examples = R"(Examples:
  antiphon models
  antiphon models ollama
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

void print_models(Output& out, bool json, const std::vector<ModelInfo>& models) {
  JsonArray array;
  std::string lines;
  for (const ModelInfo& model : models) {
    JsonObject object;
    object.text("id", model.id());
    if (model.context_window().known()) object.json("context_window", to_string(model.context_window()));
    array.add(object.build());
    lines += model.id() + "\n";
  }
  out.write(json ? array.build().text() + "\n" : lines);
}

}  // namespace

ExitStatus models_command(Context& context, const Arguments& arguments) {
  std::optional<std::string> name;
  EndpointFlags endpoint;
  bool json = false;
  ConfigFlags files;
  CommandLine line("models", summary, examples);
  line.argument("PROVIDER", name, "Whose models");
  endpoint.declare(line);
  files.declare(line);
  line.flag("--json", json, "Print a JSON array");
  if (!line.parse(arguments, context.out)) return exit_done;
  if (!name) return print_providers(context.out, json), exit_done;

  // A handle stands for a model; the list is the same for each.
  const Config named = files.load();
  ModelConfig config = named.models(named.has_model(*name) ? *name : *name + "/*").front();
  endpoint.apply(config);
  Interrupts::Watch watch(context.interrupts);
  try {
    const Engine engine;
    const Provider provider = create_provider(config, ProviderOptions().engine(engine));
    print_models(context.out, json, provider.list_models(Options().cancel_on(watch.token())));
    return exit_done;
  } catch (const Error& error) {
    report(error, &config);
    return exit_status(error);
  }
}

}  // namespace antiphon::cli
