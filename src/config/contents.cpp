#include "config/contents.hpp"

#include <utility>

#include "chat/provider_core.hpp"
#include "config/chain_section.hpp"
#include "config/merge.hpp"
#include "config/model_section.hpp"
#include "config/reading.hpp"
#include "config/suggestion.hpp"

namespace antiphon::inline v0::config {

namespace {

void nothing(Table&, const Cursor&) {}

constexpr Key<Table> sections[] = {
    {"default_model", nothing},
    {"defaults", nothing, default_paths},
    {"models", nothing},
};

/// `PROVIDER/MODEL` as a file would say it. Throws when it is no short form of a provider that we know.
Node written_out(std::string_view name) {
  const ModelConfig parsed = parse_model(name);
  Node node;
  node.place.file = std::make_shared<const std::string>(name);
  node.value = Table{Entry{"provider", node.place, Node{node.place, parsed.provider().name()}},
                     Entry{"model", node.place, Node{node.place, parsed.model()}}};
  return node;
}

void complete_with_defaults(Node& model, const Entry* defaults) {
  if (defaults && model.as<Table>() && !is_chain(model)) model = merged(defaults->value, model);
}

/// Which of the variables is missing is said here, where the place is known.
void require_key(const Cursor& table, const ModelConfig& config) {
  const Entry* entry = table.node().find("api_key_env");
  const std::string variable = config.api_key().variable();
  if (entry && !variable.empty() && variable == text_of(Cursor(table, *entry))) {
    read_variable(Cursor(table, *entry), variable);
  }
}

Provider create_model(const Cursor& table, ProviderOptions options, const ConfigChanges& changes,
                      Environment environment) {
  ModelConfig config = read_model(table, environment);
  if (changes.model()) changes.model()(config);
  require_key(table, config);
  try {
    return create_provider(std::move(config), std::move(options));
  } catch (const Error& error) {
    // A short form stands in no file.
    if (!table.in_a_file()) throw;
    throw table.placed(error);
  }
}

}  // namespace

std::vector<std::string> section_names() { return key_paths<Table>(sections); }

Contents::Contents(Node root) : root_(std::move(root)) {
  check_keys<Table>(Cursor(root_), sections);
  const Entry* defaults = root_.find("defaults");
  for (Entry& section : std::get<Table>(root_.value)) {
    Table* models = section.key == "models" ? std::get_if<Table>(&section.value.value) : nullptr;
    if (!models) continue;
    for (Entry& model : *models) {
      names_.push_back(model.key);
      complete_with_defaults(model.value, defaults);
    }
  }
}

const Entry* Contents::find(std::string_view name) const {
  const Entry* models = root_.find("models");
  return models ? models->value.find(name) : nullptr;
}

template <class F>
auto Contents::visit(std::string_view name, F visit) const {
  const Cursor file(root_);
  if (const Entry* entry = find(name)) {
    const Cursor models(file, *root_.find("models"));
    return visit(Cursor(models, *entry));
  }
  if (name.find('/') == std::string_view::npos) refuse_name(name);
  Node node = written_out(name);
  complete_with_defaults(node, root_.find("defaults"));
  const Entry entry{std::string(name), node.place, std::move(node)};
  return visit(Cursor(file, entry));
}

std::vector<ModelConfig> Contents::models(std::string_view name, Environment environment) const {
  return visit(name, [&](const Cursor& table) {
    std::vector<ModelConfig> configs;
    if (!is_chain(table.node())) {
      configs.push_back(read_model(table, environment));
      return configs;
    }
    for (const ChainLink& link : read_chain(table, environment).links) {
      for (ModelConfig& config : models(link.model, environment)) configs.push_back(std::move(config));
    }
    return configs;
  });
}

Provider Contents::create(std::string_view name, ProviderOptions options, const ConfigChanges& changes,
                          Environment environment) const {
  return visit(name, [&](const Cursor& table) {
    if (is_chain(table.node())) return create_chain(table, std::move(options), changes, environment);
    return create_model(table, std::move(options), changes, environment);
  });
}

Provider Contents::create_chain(const Cursor& table, ProviderOptions options, const ConfigChanges& changes,
                                Environment environment) const {
  const Chain chain = read_chain(table, environment);
  FallbackConfig config = chain.settings;
  if (changes.chain()) changes.chain()(config);
  ProviderOptions for_links;
  for_links.engine(options.engine());
  for (const ChainLink& link : chain.links) {
    Provider provider = create(link.model, for_links, changes, environment);
    const std::optional<FallbackConfig>& inner = provider.core()->settings.fallback;
    if (inner) inherit(config, table, *inner);
    FallbackLink made = link.made_of(provider);
    if (!inner && changes.link()) changes.link()(made);
    config.link(std::move(made));
  }
  if (chain.options) {
    Options joint = options.options().value_or(Options());
    options.options(joint.complete_with(*chain.options));
  }
  try {
    return FallbackProvider(config, std::move(options));
  } catch (const Error& error) {
    throw table.placed(error);
  }
}

void Contents::refuse_name(std::string_view name) const {
  std::string message = "there is no model \"" + std::string(name) + "\"";
  if (names_.empty()) {
    message += ": no file names one; the form PROVIDER/MODEL needs none, for example ollama/llama3.2";
  } else {
    message += suggestion(name, names_, "the models are") + " (or PROVIDER/MODEL, for example ollama/llama3.2)";
  }
  throw Error(ErrorKind::invalid_config, std::move(message)).where("model");
}

}  // namespace antiphon::inline v0::config
