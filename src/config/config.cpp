#include <antiphon/config.hpp>

#include <cstdlib>
#include <utility>

#include "config/contents.hpp"
#include "config/document.hpp"
#include "config/environment.hpp"
#include "config/files.hpp"
#include "config/merge.hpp"
#include "config/reading.hpp"
#include "config/trust.hpp"

namespace antiphon::inline v0 {

struct Config::State {
  explicit State(config::Node root) : contents(std::move(root)) {}

  config::Contents contents;
  std::string default_model;
  std::vector<std::string> files;
  std::vector<std::string> notes;
};

/// Puts files together, the later ones over those before.
class ConfigLoader {
 public:
  enum class Trust { named, found };

  void add(config::FoundFile file, Trust trust) {
    config::check_rows_of_environment();
    config::Node root = config::read_document(file.text, file.path);
    config::write_out_models(root);
    if (trust == Trust::found) config::restrict_found_file(root);
    root_ = config::merged_files(std::move(root_), root);
    files_.push_back(std::move(file.path));
  }
  std::vector<std::string>& notes() { return notes_; }

  Config load() {
    auto state = std::make_shared<Config::State>(std::move(root_));
    config::check(state->contents);
    if (const config::Entry* model = state->contents.root().find("default_model")) {
      state->default_model = *model->value.as<std::string>();
    }
    state->files = std::move(files_);
    state->notes = std::move(notes_);
    return Config(std::move(state));
  }

 private:
  config::Node root_;
  std::vector<std::string> files_;
  std::vector<std::string> notes_;
};

Config Config::none() { return ConfigLoader().load(); }

Config Config::parse(std::string_view text, std::string name) {
  ConfigLoader loader;
  loader.add(config::FoundFile{std::move(name), std::string(text)}, ConfigLoader::Trust::named);
  return loader.load();
}

Config Config::from_file(std::string path) {
  ConfigLoader loader;
  loader.add(config::read_named_file(path), ConfigLoader::Trust::named);
  return loader.load();
}

Config::Config(std::shared_ptr<const State> state) : state_(std::move(state)) {}

const Config::State& Config::state() const { return *static_cast<const State*>(state_.get()); }

const std::vector<std::string>& Config::model_names() const { return state().contents.names(); }
bool Config::has_model(std::string_view name) const { return state().contents.has(name); }
const std::string& Config::default_model() const { return state().default_model; }
const std::vector<std::string>& Config::files() const { return state().files; }
const std::vector<std::string>& Config::notes() const { return state().notes; }

std::vector<ModelConfig> Config::models(std::string_view name) const {
  config::check_rows_of_environment();
  return state().contents.models(name, config::Environment::asked);
}

Provider Config::create_provider(std::string_view name, ProviderOptions options, const Change& change) const {
  return create_provider(name, std::move(options), ConfigChanges().model(change));
}

Provider Config::create_provider(std::string_view name, ProviderOptions options, const ConfigChanges& changes) const {
  config::check_rows_of_environment();
  return state().contents.create(name, std::move(options), changes, config::Environment::asked);
}

ConfigOptions& ConfigOptions::file(std::string path) { return file_ = std::move(path), *this; }

ConfigOptions& ConfigOptions::directory(std::string path) { return directory_ = std::move(path), *this; }

Config load_config(const ConfigOptions& options) {
  ConfigLoader loader;
  const char* named = options.file() ? options.file()->c_str() : std::getenv("ANTIPHON_CONFIG");
  if (named && (options.file() || *named)) {
    loader.add(config::read_named_file(named), ConfigLoader::Trust::named);
    return loader.load();
  }
  if (options.user_file()) {
    if (auto file = config::read_user_file()) loader.add(std::move(*file), ConfigLoader::Trust::named);
  }
  if (options.project_file()) {
    auto file = config::read_project_file(options.directory().value_or("."), loader.notes());
    if (file) loader.add(std::move(*file), ConfigLoader::Trust::found);
  }
  return loader.load();
}

Provider create_provider(std::string_view name, const Config& config, ProviderOptions options) {
  return config.create_provider(name, std::move(options));
}

Provider create_provider(std::string_view name, ProviderOptions options) {
  // A short form needs no file, and none is read for it.
  if (name.find('/') != std::string_view::npos) return create_provider(parse_model(name), std::move(options));
  return load_config().create_provider(name, std::move(options));
}

}  // namespace antiphon::inline v0
