#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/any_shared.hpp>
#include <antiphon/export.hpp>
#include <antiphon/model_config.hpp>
#include <antiphon/provider.hpp>

namespace antiphon::inline v0 {

class FallbackConfig;
class FallbackLink;

/// What a program wants otherwise than the files say: it wins over them. A function that throws fails
/// `Config::create_provider`.
class ANTIPHON_EXPORT ConfigChanges {
 public:
  /// Called with each model before its provider is created.
  ConfigChanges& model(std::function<void(ModelConfig&)> change);
  /// Called with the settings of a chain, and of each chain inside it, before they have links.
  ConfigChanges& chain(std::function<void(FallbackConfig&)> change);
  /// Called with each link of a chain that is a model, in the order in which they stand.
  ConfigChanges& link(std::function<void(FallbackLink&)> change);

  const std::function<void(ModelConfig&)>& model() const { return model_; }
  const std::function<void(FallbackConfig&)>& chain() const { return chain_; }
  const std::function<void(FallbackLink&)>& link() const { return link_; }

 private:
  std::function<void(ModelConfig&)> model_;
  std::function<void(FallbackConfig&)> chain_;
  std::function<void(FallbackLink&)> link_;
};

/// Where `load_config` looks for files.
class ANTIPHON_EXPORT ConfigOptions {
 public:
  /// This file alone, which must exist. Default: the one that `ANTIPHON_CONFIG` of the environment names, else the
  /// user's and the project's.
  ConfigOptions& file(std::string path);
  /// Whether the user's file is read: `$XDG_CONFIG_HOME/antiphon/antiphon.toml`, or `~/.config/antiphon/antiphon.toml`
  /// when that variable is not set. On by default.
  ConfigOptions& user_file(bool value) { return user_file_ = value, *this; }
  /// Whether the project's file is read: `antiphon.toml` in `directory` or the nearest folder above. On by default.
  ConfigOptions& project_file(bool value) { return project_file_ = value, *this; }
  /// Where the search for the project's file begins. Default: the current folder.
  ConfigOptions& directory(std::string path);

  const std::optional<std::string>& file() const { return file_; }
  bool user_file() const { return user_file_; }
  bool project_file() const { return project_file_; }
  const std::optional<std::string>& directory() const { return directory_; }

 private:
  std::optional<std::string> file_;
  bool user_file_ = true;
  bool project_file_ = true;
  std::optional<std::string> directory_;
};

/// Models and fallback chains by name, as files called `antiphon.toml` describe them; `docs/configuration.md` lists
/// every key. Keys are not in it: files name variables of the environment, which are read when a provider is created.
///
/// Whatever is wrong in a file throws `Error{invalid_config}` when it is read: the message begins with file, line and
/// column (`antiphon.toml:12:3: unknown key …`), `where()` is the path of the key (`models.fast.retry.max_attempts`).
/// Immutable, cheap to copy, safe to use from many threads at once.
class ANTIPHON_EXPORT Config {
 public:
  /// Called with each model before its provider is created; what it changes wins over the file.
  using Change = std::function<void(ModelConfig&)>;

  /// Without any file.
  static Config none();
  /// From text; `name` stands for the file in messages.
  static Config parse(std::string_view text, std::string name = "antiphon.toml");
  /// From that file alone.
  static Config from_file(std::string path);

  /// In the order of the files.
  const std::vector<std::string>& model_names() const;
  bool has_model(std::string_view name) const;
  /// `default_model` of the files; empty when they have none.
  const std::string& default_model() const;
  /// The models that a name stands for: one, or the links of a chain. `name` is one of `model_names`, or the short form
  /// `ollama/llama3.2`, with the defaults of the files. Throws `Error{invalid_config}` when it is neither.
  std::vector<ModelConfig> models(std::string_view name) const;
  /// A model, or a chain as a `FallbackProvider`. `name` as for `models`. Throws `Error{invalid_config}` that names the
  /// place, also for a key that the environment does not have.
  Provider create_provider(std::string_view name, ProviderOptions options = ProviderOptions(),
                           const Change& change = Change()) const;
  /// The same with changes of its chains too.
  Provider create_provider(std::string_view name, ProviderOptions options, const ConfigChanges& changes) const;

  /// Files that were read; the later ones win.
  const std::vector<std::string>& files() const;
  /// Files that were found and not read, and why, a sentence each.
  const std::vector<std::string>& notes() const;

 private:
  friend class ConfigLoader;
  struct State;
  explicit Config(std::shared_ptr<const State> state);
  const State& state() const;

  detail::AnyShared state_;
};

/// Reads the user's file and the project's; the project's wins, key by key. Files that do not exist are no error.
///
/// A project's file that was found may come with somebody else's work. It may name models, chains, options and limits,
/// but not send you to other machines: `base_url` beyond this machine, `proxy`, `tls` and a header `Host` are errors
/// there. One that belongs to another user is not read. A file that is named may say everything.
ANTIPHON_EXPORT Config load_config(const ConfigOptions& options = ConfigOptions());

/// The same as `config.create_provider(name, options)`.
ANTIPHON_EXPORT Provider create_provider(std::string_view name, const Config& config,
                                         ProviderOptions options = ProviderOptions());

}  // namespace antiphon::inline v0
