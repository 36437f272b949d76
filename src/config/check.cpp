#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/engine.hpp>

#include "config/chain_section.hpp"
#include "config/contents.hpp"
#include "config/model_section.hpp"
#include "config/reading.hpp"
#include "config/suggestion.hpp"

namespace antiphon::inline v0::config {

namespace {

constexpr std::size_t most_links = 64;
constexpr std::size_t deepest_chain = 8;

/// Time stands still and nothing is ever done.
class IdleScheduler : public Scheduler {
 public:
  std::chrono::steady_clock::time_point steady_now() override { return {}; }
  std::chrono::system_clock::time_point wall_now() override { return {}; }
  Timer sleep_until(std::chrono::steady_clock::time_point, std::function<void()>) override { return {}; }
  void cancel(Timer) noexcept override {}
  void post(std::function<void()>) override {}
  bool on_thread() const noexcept override { return false; }
};

/// What is wrong with the environment is no fault of the file.
void without_environment(ModelConfig& config) {
  config.api_key(ApiKey::none());
  if (config.base_url().empty()) config.base_url("http://localhost");
}

class Check {
 public:
  explicit Check(const Contents& contents) : contents_(contents), file_(contents.root()) {}

  void run() {
    if (const Entry* models = contents_.root().find("models")) check_models(Cursor(file_, *models));
    if (const Entry* defaults = contents_.root().find("defaults")) check_defaults(Cursor(file_, *defaults));
    for (const std::string& name : contents_.names()) {
      contents_.create(name, ProviderOptions().engine(engine_), ConfigChanges().model(without_environment),
                       Environment::ignored);
    }
    if (const Entry* model = contents_.root().find("default_model")) check_default_model(Cursor(file_, *model));
  }

 private:
  void check_models(const Cursor& models) {
    for (const Entry& entry : table_of(models)) check_model(Cursor(models, entry));
    for (const Entry& entry : table_of(models)) {
      if (is_chain(entry.value)) count_links(Cursor(models, entry), 1);
    }
  }

  static void check_model(const Cursor& model) {
    constexpr std::size_t longest = 64;
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
    if (model.key().empty() || model.key().size() > longest ||
        model.key().find_first_not_of(letters) != model.key().npos) {
      model.refuse_key("a model's name is made of 1 to 64 letters, digits, \"_\", \"-\" and \".\"");
    }
    if (!model.node().as<Table>()) model.refuse("expected a table, or \"PROVIDER/MODEL\"");
  }

  /// How many models a chain asks in the end.
  std::size_t count_links(const Cursor& table, std::size_t depth) {
    if (depth > deepest_chain) table.refuse("chains nested deeper than 8");
    trail_.push_back(std::string(table.key()));
    const Chain chain = read_chain(table, Environment::ignored);
    std::size_t count = 0;
    for (std::size_t i = 0; i < chain.links.size(); ++i) {
      count += count_link(chain.links[i], table.path() + ".fallback[" + std::to_string(i) + "]", depth);
      if (count > most_links) table.refuse("a chain of more than 64 models");
    }
    trail_.pop_back();
    return count;
  }

  std::size_t count_link(const ChainLink& link, const std::string& where, std::size_t depth) {
    if (const auto found = std::find(trail_.begin(), trail_.end(), link.model); found != trail_.end()) {
      std::string circle;
      for (auto name = found; name != trail_.end(); ++name) circle += *name + " → ";
      refuse(link.place, where, "a chain must not ask itself: " + circle + link.model);
    }
    const Entry* models = contents_.root().find("models");
    const Entry* named = models->value.find(link.model);
    if (!named) return check_short_form(link.place, where, link.model), 1;
    if (!is_chain(named->value)) return 1;
    if (link.has_rules) refuse(link.place, where, "a chain has its own rules; those of this link would have no effect");
    return count_links(Cursor(Cursor(file_, *models), *named), depth + 1);
  }

  void check_short_form(const Place& place, const std::string& where, const std::string& name) const {
    if (name.find('/') == std::string::npos) {
      refuse(place, where,
             "there is no model \"" + name + "\"" + suggestion(name, contents_.names(), "the models are"));
    }
    try {
      parse_model(name);
    } catch (const Error& error) {
      refuse(place, where, error.message());
    }
  }

  void check_defaults(const Cursor& defaults) {
    ModelConfig config = read_defaults(defaults, Environment::ignored);
    without_environment(config);
    try {
      create_provider(std::move(config), ProviderOptions().engine(engine_));
    } catch (const Error& error) {
      throw defaults.placed(error);
    }
  }

  void check_default_model(const Cursor& value) const {
    if (!contents_.has(name_of(value))) check_short_form(value.place(), value.path(), name_of(value));
  }

  const Contents& contents_;
  const Cursor file_;
  IdleScheduler scheduler_;
  Engine engine_{EngineOptions().scheduler(scheduler_).random_seed(0)};
  std::vector<std::string> trail_;
};

}  // namespace

void check(const Contents& contents) { Check(contents).run(); }

}  // namespace antiphon::inline v0::config
